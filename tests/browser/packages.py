"""An index of packages on this machine: slow enough for a bar to be seen, and always there."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
import time
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

PACE = 1_500_000  # bytes/s
SIZE = 3_000_000  # bytes of a wheel: two seconds
NAMES = ("ipymod-demo-one", "ipymod-demo-two")


class PackageIndex:
    """Serves `NAMES`, as PyPI does, for pip and uv; use it in a `with`."""

    def __init__(self, folder: Path) -> None:
        for name in NAMES:
            _write_page(folder, name)
        handler = type("Handler", (_Slow,), {"folder": str(folder)})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/simple/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Slow(SimpleHTTPRequestHandler):
    folder = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, directory=self.folder, **options)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        while chunk := source.read(PACE // 20):
            outputfile.write(chunk)
            time.sleep(1 / 20)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _write_page(folder: Path, name: str) -> None:
    page = folder / "simple" / name
    page.mkdir(parents=True)
    wheel = _write_wheel(page, name)
    (page / "index.html").write_text(f'<a href="{wheel}">{wheel}</a>', "utf-8")


def _write_wheel(page: Path, name: str) -> str:
    module, about = name.replace("-", "_"), f"{name.replace('-', '_')}-1.0.dist-info"
    files = {
        f"{module}.py": b"answer = 42\n",
        f"{module}.bin": os.urandom(SIZE),  # so that compression does not make it fast
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in files.items()]
    files[f"{about}/RECORD"] = "\n".join([*rows, f"{about}/RECORD,,", ""]).encode()
    wheel = f"{module}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(page / wheel, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return wheel


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
