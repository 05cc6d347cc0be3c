"""Machines made of files: interpreters, environments and launchers that nothing can start."""

from __future__ import annotations

import os
import struct
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

from ipymod.launchers import Surroundings, command, resolve

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.facts import Command

ELF = b"\x7fELF" + bytes(64)
PIP = "import sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"


class Machine:
    """A folder that stands for a machine; `system` says whose rules hold."""

    def __init__(self, root: Path, system: str = "Linux") -> None:
        self.root = root
        self.system = system
        self.variables: dict[str, str] = {}
        self.cwd = self.folder("work")
        self.home = self.folder("home")

    def folder(self, name: str) -> str:
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        return str(path)

    def file(self, name: str, data: str | bytes = "", mode: int = 0o644) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.fsencode(data) if isinstance(data, str) else data)
        path.chmod(mode)
        return str(path)

    def script(self, name: str, data: str | bytes) -> str:
        return self.file(name, data, 0o755)

    def link(self, name: str, target: str) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
        return str(path)

    def base(self, name: str = "base", version: str = "3.12", pip: str = "24.0") -> str:
        """A Python of a system as Linux and macOS have them, with its pip."""
        self.script(f"{name}/bin/python{version}", ELF)
        self.link(f"{name}/bin/python3", f"python{version}")
        self.link(f"{name}/bin/python", "python3")
        self.file(f"{name}/lib/python{version}/os.py")
        self.file(
            f"{name}/include/python{version}/patchlevel.h", f'#define PY_VERSION "{version}.4"\n'
        )
        if pip:
            self.pip(f"{name}/lib/python{version}/site-packages", pip)
            self.script(f"{name}/bin/pip", f"#!{self.root}/{name}/bin/python{version}\n{PIP}")
        return str(self.root / name)

    def pip(self, site: str, version: str) -> str:
        self.file(f"{site}/pip/__init__.py", f'__version__ = "{version}"\n')
        self.file(f"{site}/pip-{version}.dist-info/METADATA")
        return str(self.root / site)

    def venv(
        self, name: str = "venv", base: str = "base", version: str = "3.12", **keys: str
    ) -> str:
        config = {
            "home": f"{self.root}/{base}/bin",
            "include-system-site-packages": "false",
            "version": f"{version}.1",
            **keys,
        }
        text = "".join(f"{key.replace('_', '-')} = {told}\n" for key, told in config.items())
        self.file(f"{name}/pyvenv.cfg", text)
        self.link(f"{name}/bin/python", f"{self.root}/{base}/bin/python{version}")
        self.link(f"{name}/bin/python3", "python")
        self.pip(f"{name}/lib/python{version}/site-packages", "24.1")
        self.script(f"{name}/bin/pip", f"#!{self.root}/{name}/bin/python\n{PIP}")
        return str(self.root / name)

    def around(self, *path: str) -> Surroundings:
        separator = ";" if self.system == "Windows" else ":"
        variables = {"PATH": separator.join(path), **self.variables}
        return Surroundings(path, self.cwd, variables, self.home, self.system)

    def resolve(self, path: str, *on_path: str) -> Command:
        return resolve(path, os.path.basename(path), self.around(*on_path))

    def command(self, name: str, *on_path: str) -> Command:
        found = command(name, self.around(*on_path))
        assert found is not None
        return found

    # Windows

    def windows_base(self, name: str = "Python312") -> str:
        self.file(f"{name}/python.exe", b"MZ")
        self.file(f"{name}/python312.dll")
        self.file(f"{name}/Lib/os.py")
        self.pip(f"{name}/Lib/site-packages", "24.0")
        return str(self.root / name)

    def windows_venv(self, name: str = "venv") -> str:
        config = f"home = {self.root}/Python312\ninclude-system-site-packages = false\n"
        self.file(f"{name}/pyvenv.cfg", f"{config}version = 3.12.4\n")
        self.file(f"{name}/Scripts/python.exe", b"MZ")
        self.pip(f"{name}/Lib/site-packages", "24.1")
        return str(self.root / name)


def zipped(script: str = PIP) -> bytes:
    """A zip file as launchers carry it at their end."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("__main__.py", script)
    return data.getvalue()


def with_resources(resources: dict[str, bytes]) -> bytes:
    """A program of Windows with these named raw resources."""
    address, begin = 0x3000, 0x400
    section = _resource_section(resources, address)
    head = bytearray(b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40))
    head += b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 2, 0, 0, 0, 0xF0, 0) + bytes(0xF0)
    head += struct.pack("<8sIIII16x", b".text", 0, 0x1000, 0, 0)
    head += struct.pack("<8sIIII16x", b".rsrc", len(section), address, len(section), begin)
    return bytes(head.ljust(begin, b"\0")) + section


def _resource_section(resources: dict[str, bytes], address: int) -> bytes:
    """Three levels: the kind (10, raw data), the name, the language."""
    count = len(resources)
    names_at = 24 + 16 + 8 * count
    leaves_at = names_at + 24 * count
    texts_at = leaves_at + 16 * count
    tables, leaves, texts = b"", b"", b""
    entries = b""
    for number, (name, data) in enumerate(resources.items()):
        entries += struct.pack(
            "<II", 0x80000000 | texts_at + len(texts), 0x80000000 | names_at + 24 * number
        )
        texts += struct.pack("<H", len(name)) + name.encode("utf-16-le")
        tables += struct.pack("<12xHHII", 0, 1, 1033, leaves_at + 16 * number)
        leaves += struct.pack("<IIII", address + texts_at + len(texts), len(data), 0, 0)
        texts += data
    root = struct.pack("<12xHHII", 0, 1, 10, 0x80000000 | 24)
    return root + struct.pack("<12xHH", count, 0) + entries + tables + leaves + texts
