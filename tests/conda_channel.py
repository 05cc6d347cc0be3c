"""A channel for conda with one Python and its pip, and environments from it, by py-rattler.

Run by a Python that has py-rattler: `python conda_channel.py BASE CHANNEL PREFIX ...` packs the
Python of BASE, such as `~/.pyenv/versions/3.12.1`, and installs it into each prefix.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import io
import json
import os
import re
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

LEFT_OUT = re.compile(
    r"/(test|idlelib|tkinter|turtledemo|lib2to3|__pycache__|site-packages)(/|$)|/config-|\.a$"
)


def pack(
    target: Path, index: dict[str, Any], contents: dict[str, bytes | Path], **info: Any
) -> None:
    """Write a package of the format that conda has always had."""
    paths = []
    for name, data in contents.items():
        read = data if isinstance(data, bytes) else data.read_bytes()
        sha256 = hashlib.sha256(read).hexdigest()
        size = {"sha256": sha256, "size_in_bytes": len(read)}
        paths.append({"_path": name, "path_type": "hardlink", **size})
    about = {"index": index, "paths": {"paths": paths, "paths_version": 1}, **info}
    target.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(target, "w:bz2", compresslevel=1) as archive:
        for name, told in about.items():
            add(archive, f"info/{name}.json", json.dumps(told).encode())
        add(archive, "info/files", "\n".join(contents).encode())
        for name, data in contents.items():
            if isinstance(data, bytes):
                add(archive, name, data)
            else:
                archive.add(data.resolve(), name)


def add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def python_files(base: Path) -> dict[str, bytes | Path]:
    minor = ".".join(base.name.split(".")[:2])
    kept = [
        path
        for folder in (f"lib/python{minor}", f"include/python{minor}")
        for path in sorted((base / folder).rglob("*"))
        if path.is_file() and not LEFT_OUT.search(f"/{path.relative_to(base)}")
    ]
    program = base / f"bin/python{minor}"
    contents: dict[str, bytes | Path] = {str(path.relative_to(base)): path for path in kept}
    return contents | {f"bin/{name}": program for name in (program.name, "python3", "python")}


def pip_files(base: Path) -> tuple[str, dict[str, bytes | Path]]:
    wheel = next(base.glob("lib/python*/ensurepip/_bundled/pip-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        contents: dict[str, bytes | Path] = {
            f"site-packages/{name}": archive.read(name) for name in names
        }
    return wheel.name.split("-")[1], contents


def build(base: Path, channel: Path) -> None:
    """Write both packages and what the solver reads of them."""
    version = base.name
    common = {"build_number": 0, "license": "PSF", "timestamp": 1700000000000}
    python = {
        "name": "python",
        "version": version,
        "build": "h_0_cpython",
        "depends": [],
        "subdir": "linux-64",
        "arch": "x86_64",
        "platform": "linux",
        **common,
    }
    pack(channel / f"linux-64/python-{version}-h_0_cpython.tar.bz2", python, python_files(base))
    release, contents = pip_files(base)
    pip = {
        "name": "pip",
        "version": release,
        "build": "py_0",
        "depends": ["python"],
        "subdir": "noarch",
        "noarch": "python",
        **common,
    }
    points = [f"{name} = pip._internal.cli.main:main" for name in ("pip", "pip3")]
    link = {"noarch": {"type": "python", "entry_points": points}, "package_metadata_version": 1}
    pack(channel / f"noarch/pip-{release}-py_0.tar.bz2", pip, contents, link=link)
    for index in (python, pip):
        folder = channel / str(index["subdir"])
        file = next(folder.glob("*.tar.bz2"))
        data = file.read_bytes()
        record = {
            **index,
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        }
        told = {
            "info": {"subdir": index["subdir"]},
            "packages": {file.name: record},
            "packages.conda": {},
        }
        (folder / "repodata.json").write_text(json.dumps(told))


async def install(channel: Path, prefix: Path) -> None:
    rattler = importlib.import_module("rattler")  # only the Python that runs this has it

    records = await rattler.solve(
        [channel.as_uri()], ["python", "pip"], platforms=["linux-64", "noarch"]
    )
    await rattler.install(
        records, target_prefix=prefix, cache_dir=channel / "cache", show_progress=False
    )


if __name__ == "__main__":
    base, channel, *prefixes = map(Path, sys.argv[1:])
    if not (channel / "noarch/repodata.json").exists():
        build(base, channel)
    for prefix in prefixes:
        asyncio.run(install(channel, prefix))
    os._exit(0)  # its threads still run, and crash in a Python that ends in the usual way
