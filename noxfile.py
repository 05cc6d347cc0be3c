"""The everyday tests on every other Python found here; `make test` runs them on this one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent / "tests"))
from environments import FOLDER, pythons

THIS = "{}.{}".format(*sys.version_info)
OTHERS = {version: path for version, path in pythons().items() if version != THIS}

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "uv"
nox.options.envdir = str(FOLDER / "nox")
nox.options.reuse_venv = "yes"

# nox looks for `python3.12` on PATH; pyenv's interpreters are not there, or hidden by a shim.
folders = [str(Path(path).parent) for path in OTHERS.values()]
os.environ["PATH"] = os.pathsep.join([*folders, os.environ["PATH"]])


@nox.session(python=list(OTHERS) or [THIS])
def tests(session: nox.Session) -> None:
    """Install ipymod as its users do, not editable, and run the everyday tests."""
    # uv's environments hold no pip; ours has to, as most have.
    session.install("--compile-bytecode", "pip")
    session.install("--compile-bytecode", "--reinstall-package", "ipymod", ".", "--group", "dev")
    session.run("python", "tests/environments.py")
    session.run("python", "-m", "pytest", *session.posargs)
