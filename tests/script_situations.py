"""First lines, scripts of people, PATH and pyenv: the second half of the situations."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from real_launchers import (
    PLACE,
    SCRIPT,
    SITUATIONS,
    SYSTEM,
    Absent,
    Situation,
    base,
    made,
    only,
    python,
    run,
    script,
    scripts,
    situation,
    target,
    uv,
    venv,
)

if TYPE_CHECKING:
    from collections.abc import Callable

OLD_SCRIPT = """__requires__ = 'pip==1.0'
from pkg_resources import load_entry_point
load_entry_point('pip==1.0', 'console_scripts', 'pip')()
"""


# First lines, and scripts of people


def lines(name: str, first: Callable[[], str], body: str = SCRIPT, **options: str) -> None:
    SITUATIONS[name] = lambda: only(
        script(f"script-{name.replace(' ', '-')}", f"{first()}\n{body}"), *options.values()
    )


def interpreter() -> str:
    return f"{venv('3.12')}/bin/python"


def linked(target: Path, name: str = "") -> Path:
    def build(at: Path) -> None:
        at.mkdir()
        (at / (name or target.name)).symlink_to(target)

    return made(f"link-to-{target.parent.name}-{target.name}", build) / (name or target.name)


def on_path(name: str, line: str) -> None:
    def make() -> Situation:
        own = script(f"script-{name.replace(' ', '-')}", f"{line}\n{SCRIPT}")
        return Situation(f"{own}:{venv('3.12')}/bin:{SYSTEM}")

    situation(name)(make)


def wrapper(name: str, text: Callable[[], str]) -> None:
    SITUATIONS[name] = lambda: only(script(f"wrapper-{name.replace(' ', '-')}", text()))


lines("line with CRLF", lambda: f"#!{interpreter()}\r")
lines("line with CRLF and option", lambda: f"#!{interpreter()} -E\r")
lines("line with blanks", lambda: f"#!  {interpreter()}  ")
lines("line with a tab", lambda: f"#!\t{interpreter()}\t-E")
lines("line with options", lambda: f"#!{interpreter()} -sE")
lines("line too long", lambda: f"#!/{'x' * 300}/python")
lines("line too long for old systems", lambda: f"#!{'/' * 150}{interpreter()}")
lines("line too long by its options", lambda: f"#!{interpreter()} -E{'s' * 300}")
lines("line just short enough", lambda: f"#!{interpreter().rjust(253, '/')}")
lines("line one too long", lambda: f"#!{interpreter().rjust(254, '/')}")
lines("line without end", lambda: f"#!{interpreter()}", "")
lines("relative line", lambda: "#!python")
lines("empty line", lambda: "#!")
lines("line to a folder", lambda: f"#!{venv('3.12')}/bin")
lines("line to nothing", lambda: "#!/nowhere/python")
lines("line to a text", lambda: f"#!{venv('3.12')}/pyvenv.cfg")
lines("binary rubbish", lambda: "#!\x01\x02\x03")
lines("nul in the line", lambda: f"#!{interpreter()}\0rubbish")
lines("line with dots", lambda: f"#!{venv('3.12')}/bin/../bin/python")
lines("line with slashes", lambda: f"#!{venv('3.12')}//bin///python")
lines("line through a linked folder", lambda: f"#!{linked(venv('3.12'))}/bin/python")
lines("line to a link to a base", lambda: f"#!{linked(Path(python('3.11')))}")
lines("line to a link to an environment's python", lambda: f"#!{linked(Path(interpreter()))}")
lines("line to a renamed link to a base", lambda: f"#!{linked(Path(python('3.9')), 'python')}")
on_path("env python", "#!/usr/bin/env python")
on_path("env python with options", "#!/usr/bin/env python -I")
on_path("env -S", "#!/usr/bin/env -S python -I")
on_path("env -S with a quote", "#!/usr/bin/env -S 'python' \"-E\"")
on_path("env -i", "#!/usr/bin/env -i python3")
on_path("env of nothing", "#!/usr/bin/env python9")
on_path("env -S with variables", "#!/usr/bin/env -S PYTHONNOUSERSITE=1 python")
on_path("env -u", "#!/usr/bin/env -S -u PYTHONPATH python")
on_path("no env", "#!/nowhere/env python")
wrapper("exec", lambda: f'#!/bin/sh\nexec {interpreter()} -m pip "$@"\n')
wrapper("no exec", lambda: f'#!/bin/bash -e\n# mine\n{interpreter()} -m pip "$@"\n')
wrapper("export", lambda: f'#!/bin/sh\nexport A=b\nexec "{interpreter()}" -I -m pip "$@"\n')
wrapper(
    "export PYTHONPATH",
    lambda: f'#!/bin/sh\nexport PYTHONPATH={target("3.12")}\nexec {interpreter()} -m pip "$@"\n',
)
wrapper("of pip", lambda: f'#!/bin/sh\nexec {venv("3.12")}/bin/pip "$@"\n')
wrapper("without line", lambda: f'exec {interpreter()} -m pip "$@"\n')
wrapper("env sh", lambda: f'#!/usr/bin/env bash\nset -eu\nexec {interpreter()} -m pip "$@"\n')
wrapper(
    "dirname", lambda: '#!/bin/sh\nexec "$(dirname "$0")/../venv-3.12/bin/python" -m pip "$@"\n'
)
wrapper("to nothing", lambda: '#!/bin/sh\nexec /nowhere/python -m pip "$@"\n')
wrapper("empty", lambda: "")
wrapper("clever", lambda: '#!/bin/sh\nif true; then exec python "$@"; fi\n')
wrapper("in a circle", lambda: f"#!{PLACE}/wrapper-in-a-circle/pip\n")
wrapper("old setuptools", lambda: f"#!{interpreter()}\n{OLD_SCRIPT}")


@situation("pip is a link to python")
def _() -> Situation:
    def build(at: Path) -> None:
        at.mkdir()
        (at / "pip").symlink_to(interpreter())

    return only(made("link-to-python", build))


@situation("uv tool")
def _() -> Situation:
    def build(at: Path) -> None:
        uv(
            "tool",
            "install",
            "--python",
            python("3.12"),
            "pip",
            UV_TOOL_DIR=str(at / "tools"),
            UV_TOOL_BIN_DIR=str(at / "bin"),
        )

    return only(scripts(made("uv-tool", build)))


@situation("pipx")
def _() -> Situation:
    def build(at: Path) -> None:
        uv("venv", "--python", python("3.12"), str(at / "pipx"))
        uv("pip", "install", "--python", str(at / "pipx/bin/python"), "pipx")
        run(
            str(at / "pipx/bin/pipx"),
            "install",
            "pip",
            PIPX_HOME=str(at / "home"),
            PIPX_BIN_DIR=str(at / "bin"),
            PIPX_DEFAULT_PYTHON=python("3.12"),
        )

    return only(scripts(made("pipx", build)))


@situation("pip 9")
def _() -> Situation:
    def build(at: Path) -> None:
        run(python("3.6"), "-m", "venv", str(at))
        run(str(at / "bin/python"), "-m", "pip", "install", "-q", "pip==9.0.3")

    return only(scripts(made("pip-9", build)))


def with_path(title: str, first: Callable[[], str], cwd: str = "/", **variables: str) -> None:
    """A launcher with such a first line, and PYTHONPATH leading to another pip."""

    def make() -> Situation:
        own = script(f"script-{title.replace(' ', '-')}", f"{first()}\n{SCRIPT}")
        told = {"PYTHONPATH": target("3.12")} | variables
        return Situation(f"{own}:{SYSTEM}", cwd=cwd, variables=told)

    situation(title)(make)


with_path("PYTHONPATH ignored by -E", lambda: f"#!{interpreter()} -E")
with_path("PYTHONPATH ignored by -I", lambda: f"#!{interpreter()} -I")
with_path("PYTHONPATH not ignored by -s", lambda: f"#!{interpreter()} -s")
with_path(
    "PYTHONPATH that is relative",
    lambda: f"#!{interpreter()}",
    str(PLACE),
    PYTHONPATH="target-3.12",
)
with_path("PYTHONHOME ignored by -I", lambda: f"#!{interpreter()} -I", PYTHONHOME="/nowhere")
with_path("PYTHONHOME not ignored by -s", lambda: f"#!{interpreter()} -s", PYTHONHOME="/nowhere")


# PATH


@situation("PATH with an empty entry")
def _() -> Situation:
    return Situation(f"/nowhere::{SYSTEM}", cwd=scripts(venv("3.12")))


@situation("PATH with a relative entry")
def _() -> Situation:
    return Situation(f"/nowhere:bin:{SYSTEM}", cwd=str(venv("3.12")))


@situation("PATH with dots")
def _() -> Situation:
    return Situation(f"../venv-3.12/./bin/:{SYSTEM}", cwd=str(venv("3.11")))


@situation("PATH with bytes that are no text")
def _() -> Situation:
    def build(at: Path) -> None:
        try:
            shutil.copytree(venv("3.12"), at, symlinks=True)
        except OSError as error:
            raise Absent("names have to be text here") from error
        line = b"#!" + os.fsencode(at) + b"/bin/python\n"
        (at / "bin/pip").write_bytes(line + SCRIPT.encode())

    place = made(os.fsdecode(b"no-text-\xff"), build)
    return only(scripts(place), PYTHONIOENCODING="utf-8:surrogateescape")


# pyenv


def pyenv_root() -> Path:
    """A root of our own, whose versions are links."""
    program = shutil.which("pyenv")
    if program is None:
        raise Absent("no pyenv")
    names = {
        **{base(version).name: base(version) for version in ("3.8", "3.9", "3.11", "3.12")},
        "3.11.10": base("3.11"),
        "3.12.0rc1": base("3.11"),
        "3.13.0t": base("3.13"),
        "mine": venv("3.10"),
    }

    def build(at: Path) -> None:
        (at / "versions").mkdir(parents=True)
        for name, place in names.items():
            (at / "versions" / name).symlink_to(place)
        run(program, "rehash", PYENV_ROOT=str(at))

    return made("pyenv", build)


def pyenv(
    title: str,
    written: str | bytes | None = None,
    *,
    root: str | None = None,
    words: tuple[str, ...] = ("pip",),
    above: str | None = None,
    **variables: str,
) -> None:
    """A shim started in a folder with such a `.python-version`."""
    label = title.replace(" ", "-")

    def build(at: Path) -> None:
        (at / "inner").mkdir(parents=True)
        for folder, text in ((at / "inner", written), (at, above)):
            if text is not None:
                data = text.encode() if isinstance(text, str) else text
                (folder / ".python-version").write_bytes(data)

    def make() -> Situation:
        own = pyenv_root()
        if root is not None:
            own = made(
                f"pyenv-root-{label}", lambda at: shutil.copytree(pyenv_root(), at, symlinks=True)
            )
            (own / "version").write_text(root)
            run(str(shutil.which("pyenv")), "rehash", PYENV_ROOT=str(own))
        path = f"{own}/shims:{Path(str(shutil.which('pyenv'))).parent}:{SYSTEM}"
        folder = str(made(f"pyenv-folder-{label}", build) / "inner")
        return Situation(path, words=words, cwd=folder, variables=variables)

    SITUATIONS[f"pyenv {title}"] = make


def _pyenv() -> None:
    pyenv("nothing")
    pyenv("system", "system\n")
    pyenv("exact", "3.12.1\n")
    pyenv("prefix", "3.12\n")
    pyenv("prefix takes the newest", "3.11\n")
    pyenv("prefix of all", "3\n")
    pyenv("prefix is no beginning", "3.1\n")
    pyenv("with python-", "python-3.12.1\n")
    pyenv("prefix with python-", "python-3.9\n")
    pyenv("pre-release", "3.12.0rc1\n")
    pyenv("free-threaded", "3.13t\n")
    pyenv("only a free-threaded", "3.13\n")
    pyenv("missing", "3.10.99\n")
    pyenv("missing first", "3.10.99\n3.9\n")
    pyenv("missing in variable", PYENV_VERSION="2.1")
    pyenv("comment", "# mine\n\n3.9\n")
    pyenv("comment behind", "3.9 # mine\n")
    pyenv("several lines", "3.9\n3.12\n")
    pyenv("several words", "3.9 3.12\n")
    pyenv("colons", "3.12:3.9\n")
    pyenv("blanks before", "   3.9\n")
    pyenv("CRLF", "3.9\r\n")
    pyenv("without end", "3.9")
    pyenv("empty", "", above="3.9\n")
    pyenv("only a comment", "# 3.9\n", above="3.9\n")
    pyenv("above", None, above="3.9\n")
    pyenv("dots", "../3.9\n")
    pyenv("an environment", "mine\n")
    pyenv("path into a version", "mine/../3.9.18\n")
    pyenv("variable", "3.9\n", PYENV_VERSION="3.12")
    pyenv("empty variable", "3.9\n", PYENV_VERSION="")
    pyenv("variable with a list", PYENV_VERSION="3.12.1:3.9")
    pyenv("variable with missing and system", PYENV_VERSION="2.1:system")
    pyenv("variable with system first", PYENV_VERSION="system:3.9")
    pyenv("command of the second", "3.12\n3.9\n", words=("pip3.9",))
    pyenv("command of none", "3.12\n", words=("pip3.7",))
    pyenv("python", "3.12\n", words=("python", "-m", "pip"))
    pyenv("python of system", "system\n", words=("python3", "-m", "pip"))
    pyenv("directory", "3.9\n", PYENV_DIR=str(PLACE / "nobody"))
    pyenv("root", root="3.9.18\n")
    pyenv("root with several", root="3.12\n3.9\n", words=("pip3.9",))
    pyenv("through home", "3.9\n", HOME=str(PLACE))


_pyenv()


@situation("line to a shim of pyenv")
def _() -> Situation:
    shim = pyenv_root() / "shims/python3"
    pip = script("line-to-a-shim", f"#!{shim}\n{SCRIPT}")
    return Situation(f"{pip}:{SYSTEM}", cwd="/", variables={"PYENV_VERSION": "3.9"})


@situation("env python leads to a shim of pyenv")
def _() -> Situation:
    pip = script("env-to-a-shim", f"#!/usr/bin/env python3\n{SCRIPT}")
    path = f"{pip}:{pyenv_root()}/shims:{SYSTEM}"
    return Situation(path, variables={"PYENV_VERSION": "3.9"})
