"""A real kernel in a real environment of conda, whose packages conda's own installer replaces.

The packages are made here, for a channel that is a folder; `py-rattler` solves and installs them
as `pixi`, `micromamba` and `conda` do: by hard links out of a cache, and `conda-meta`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from conda_channel import pack, python_files
from environments import FOLDER, REPOSITORY, install, locked
from kernels import LiveKernel
from package_environments import write_wheel
from real_launchers import PLACE, base, conda, made, run, uv

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="the packages are made for Linux"),
]

START = """
import sys
from ipymod.refresh import after, make_importable, sentence, snapshot
before = snapshot(sys.path, sys.modules, globals().get("before"))
"""
LOOK = """
change = after(before, sys.path, sys.modules)
failed = make_importable(change)
before = change.now
"""
TRANSACTION = """
import asyncio, os, sys
from pathlib import Path
import rattler
channel, prefix, *specs = sys.argv[1:]
async def main():
    records = await rattler.solve(
        [Path(channel).as_uri()], ["python", "pip", *specs], platforms=["linux-64", "noarch"]
    )
    await rattler.install(
        records, target_prefix=prefix, cache_dir=channel + "/cache", show_progress=False
    )
asyncio.run(main())
sys.stdout.flush()
os._exit(0)  # its threads still run, and crash in a Python that ends in the usual way
"""
SITE = "lib/python3.12/site-packages"
TINY = {"tiny/__init__.py": "", "tiny/a.py": "x = 1\n", "tiny/b.py": "x = 1\n"}
PLAIN = "python[build=h_0_cpython]"


@dataclass(frozen=True)
class Place:
    """An environment of conda with a kernel, and a channel with what can be installed there."""

    prefix: Path
    channel: Path

    def install(self, *specs: str) -> None:
        """Bring the environment to hold just these, and Python with pip."""
        tool = PLACE / "tool-rattler/bin/python"
        python = () if any(each.startswith("python[") for each in specs) else (PLAIN,)
        run(str(tool), "-c", TRANSACTION, str(self.channel), str(self.prefix), *python, *specs)


# -- the channel


def packed(
    folder: Path, name: str, version: str, files: dict[str, bytes | Path], **more: Any
) -> None:
    """Write a package; `more` is what its index says besides."""
    index = {
        "name": name,
        "version": version,
        "build": "h_0",
        "build_number": 0,
        "depends": [],
        "subdir": "linux-64",
        "license": "none",
        "timestamp": 1700000000000,
        **more,
    }
    link = {"noarch": {"type": "python"}, "package_metadata_version": 1}
    target = folder / str(index["subdir"]) / f"{name}-{version}-{index['build']}.tar.bz2"
    pack(target, index, files, **({"link": link} if "noarch" in index else {}))


def pure(folder: Path, name: str, version: str, files: Mapping[str, str]) -> None:
    """A package for any Python, from the wheel that its feedstock would build."""
    (folder / "wheels").mkdir(exist_ok=True)
    with zipfile.ZipFile(write_wheel(folder / "wheels", name, version, {**files})) as wheel:
        contents: dict[str, bytes | Path] = {
            f"site-packages/{each}": wheel.read(each) for each in wheel.namelist()
        }
    noarch = {"subdir": "noarch", "noarch": "python", "depends": ["python"]}
    packed(folder, name, version, contents, **noarch)


def compiled(folder: Path, name: str, version: str) -> None:
    """A package for one Python, from the wheel that the project itself builds."""
    target = folder / "wheels" / f"{name}-{version}"
    options = ("--target", str(target), "--python", str(base("3.12") / "bin/python3.12"))
    uv("pip", "install", "--no-deps", *options, f"{name}=={version}")
    contents: dict[str, bytes | Path] = {
        f"{SITE}/{path.relative_to(target)}": path for path in target.rglob("*") if path.is_file()
    }
    packed(folder, name, version, contents, depends=["python"])


def libraries(folder: Path) -> None:
    """A library of C in three versions: the third has another name."""
    data = next((base("3.12") / "lib/python3.12/lib-dynload").glob("_json.*")).read_bytes()
    other = data[:0x40] + bytes([data[0x40] ^ 1]) + data[0x41:]
    for version, name, content in (("1.0", "1", data), ("2.0", "1", other), ("3.0", "3", data)):
        packed(folder, "libtiny", version, {f"lib/libtiny.so.{name}": content})


def write_repodata(folder: Path) -> None:
    """Write what the solver reads."""
    for subdir in ("linux-64", "noarch"):
        records = {path.name: record(path) for path in sorted((folder / subdir).glob("*.bz2"))}
        told = {"info": {"subdir": subdir}, "packages": records, "packages.conda": {}}
        (folder / subdir / "repodata.json").write_text(json.dumps(told), "utf-8")


def record(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    with tarfile.open(path) as archive:
        index = archive.extractfile("info/index.json")
        assert index
        told: dict[str, Any] = json.load(index)
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return told | {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "md5": md5}


def build_channel(folder: Path) -> None:
    folder.mkdir()
    for archive in (PLACE / "conda-channel").glob("*/*.tar.bz2"):
        (folder / archive.parent.name).mkdir(exist_ok=True)
        shutil.copy(archive, folder / archive.parent.name)
    pure(folder, "tiny", "1.0", TINY)
    pure(folder, "tiny", "2.0", {**TINY, "tiny/a.py": "x = 2\n"})
    for version in ("3.0.1", "3.0.2"):
        compiled(folder, "markupsafe", version)
    libraries(folder)
    python = base("3.12")
    packed(folder, "python", python.name, python_files(python), build="h_1_cpython")
    write_repodata(folder)


# -- the kernel


@pytest.fixture
def place() -> Iterator[Place]:
    name = f"refresh-conda-1-{hashlib.sha256(str(REPOSITORY).encode()).hexdigest()[:8]}"
    with locked(FOLDER / "refresh-conda.lock"):  # for the whole test, which changes it
        prefix = conda(name)
        channel = made(f"{name}-channel", build_channel)
        place = Place(prefix, channel)
        place.install()
        if not (prefix / "has-a-kernel").exists():
            install(str(prefix / "bin/python"), "ipykernel>=7", "ipython>=9", "-e", str(REPOSITORY))
            (prefix / "has-a-kernel").touch()
        yield place


@pytest.fixture
def kernel(place: Place) -> Iterator[LiveKernel]:
    with LiveKernel(str(place.prefix / "bin/python")) as kernel:
        yield kernel


def begin(kernel: LiveKernel, code: str = "") -> None:
    """Run the cell that is there before, and look."""
    output = kernel.run(f"{code}\n{START}")
    assert output.error is None, output.error


def said(kernel: LiveKernel) -> Any:
    """Look after the install, make importable, and say."""
    output = kernel.run(LOOK)
    assert output.error is None, output.error
    assert kernel.value("failed") == []
    return kernel.value("sentence(change)")


def test_a_pure_package_from_its_first_install_to_its_removal(
    place: Place, kernel: LiveKernel
) -> None:
    assert kernel.run("import tiny").error is not None
    begin(kernel)
    place.install("tiny=1.0")
    assert said(kernel) == "tiny 1.0 is ready, no restart needed"
    begin(kernel, "import tiny.a, tiny.b")
    place.install("tiny=2.0")
    assert said(kernel) == "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    assert kernel.value("change.stale") == ["tiny.a"]
    begin(kernel)
    place.install("tiny=1.0")
    assert said(kernel) == "tiny 2.0 -> 1.0 is ready, no restart needed"
    begin(kernel)
    place.install()
    text = "tiny 1.0 is removed, 3 of its modules stay in memory until a restart"
    assert said(kernel) == text


def test_a_compiled_package_that_was_loaded(place: Place, kernel: LiveKernel) -> None:
    place.install("markupsafe=3.0.1")
    begin(kernel, "import markupsafe")
    assert kernel.value("'_speedups' in __import__('markupsafe._speedups').__dict__")
    place.install("markupsafe=3.0.2")
    text = r"restart the kernel: markupsafe 3.0.1 -> 3.0.2, \d of its loaded modules changed"
    assert re.fullmatch(text, said(kernel), re.IGNORECASE)
    assert "markupsafe._speedups" in kernel.value("change.stale")
    begin(kernel)
    place.install("markupsafe=3.0.1")
    assert said(kernel).lower() == "markupsafe 3.0.2 -> 3.0.1 is ready, no restart needed"


def test_a_library_of_c_in_memory_is_replaced_or_gone(place: Place, kernel: LiveKernel) -> None:
    place.install("libtiny=1.0")
    begin(kernel, f"import ctypes; ctypes.CDLL({str(place.prefix / 'lib/libtiny.so.1')!r})")
    place.install("libtiny=2.0")
    text = "restart the kernel: libtiny 1.0 -> 2.0, 1 of its loaded libraries changed"
    assert said(kernel) == text
    begin(kernel)
    place.install("libtiny=1.0")
    assert said(kernel) is None
    begin(kernel)
    place.install("libtiny=3.0")
    assert said(kernel) == "restart the kernel: libtiny.so.1, 1 of its loaded libraries changed"
    begin(kernel)
    place.install("libtiny=3.0", "tiny=1.0")
    assert said(kernel) == "tiny 1.0 is ready, no restart needed"


def test_a_library_that_nobody_loaded_is_not_spoken_of(place: Place, kernel: LiveKernel) -> None:
    begin(kernel)
    place.install("libtiny=1.0")
    assert said(kernel) is None


def test_another_python_needs_a_restart(place: Place, kernel: LiveKernel) -> None:
    begin(kernel)
    place.install("python[build=h_1_cpython]", "tiny=1.0")
    version = base("3.12").name
    text = f"restart the kernel: python {version}, which runs it; tiny 1.0 is ready"
    assert said(kernel) == text


def test_pip_replaces_what_conda_installed(place: Place, kernel: LiveKernel) -> None:
    place.install("tiny=1.0")
    begin(kernel, "import tiny.a")
    wheel = next((place.channel / "wheels").glob("tiny-2.0-*.whl"))
    python = str(place.prefix / "bin/python")
    run(python, "-m", "pip", "install", "-q", "--no-index", os.fspath(wheel))
    text = "restart the kernel: tiny 1.0 -> 2.0, 1 of its loaded modules changed"
    assert said(kernel) == text
    run(python, "-m", "pip", "uninstall", "-qy", "tiny")
