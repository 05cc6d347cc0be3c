"""Measure which standard modules a kernel takes from the folder that it is started in.

`python tools/early_imports.py PYTHON ...`, each with an ipykernel: the source of
`ipymod.checks.early`. For each standard module that a kernel imports, a file of that name is laid
into an otherwise empty folder, and a kernel is started there. Some minutes each.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

MARK = "this file was imported: "
OPTIONS = ((), ("-X", "frozen_modules=off"))


def started(python: str, options: tuple[str, ...], folder: Path) -> str:
    """What a kernel writes to stderr that is started in a folder and only says its version."""
    words = [python, *options, "-m", "ipykernel_launcher", "--version"]
    ended = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    return ended.stderr


def imported(python: str, options: tuple[str, ...], folder: Path) -> set[str]:
    """The top-level standard modules that a kernel imports, wherever from."""
    lines = started(python, (*options, "-X", "importtime"), folder).splitlines()
    told = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    code = "import json, sys; print(json.dumps(sorted(sys.stdlib_module_names)))"
    standard = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return told & set(json.loads(standard.stdout))


def taken(python: str, options: tuple[str, ...]) -> list[str]:
    """The names of which a kernel takes the file of its folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [
            module
            for module in sorted(imported(python, options, folder))
            if takes(python, options, folder / module)
        ]


def takes(python: str, options: tuple[str, ...], folder: Path) -> bool:
    """Whether a kernel that is started in this new folder imports the file of its name there."""
    folder.mkdir()
    text = f"import sys\nsys.stderr.write({MARK + folder.name!r})\n"
    (folder / f"{folder.name}.py").write_text(text)
    return MARK + folder.name in started(python, options, folder)


if __name__ == "__main__":
    for python in sys.argv[1:]:
        for options in OPTIONS:
            print(python, *options, *taken(python, options))
