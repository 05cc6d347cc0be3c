"""The situations that a launcher of pip can be in, made by the real tools when they are asked for.

`python tests/situations.py` builds them all and prints how the predictions compare with what each
pip says of itself.
"""

# ruff: noqa: T201  its command prints

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ipymod.launchers import command
from real_launchers import (
    PLACE,
    SYSTEM,
    UNKNOWN,
    Absent,
    Situation,
    base,
    clone,
    conda,
    made,
    only,
    predicted,
    python,
    run,
    script,
    scripts,
    told,
    uv,
    uv_venv,
    venv,
    virtualenv,
)

Make = Callable[[], Situation]
SITUATIONS: dict[str, Make] = {}
VERSIONS = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
LONG = "/".join(["a-folder-with-a-long-name-" * 3 + str(number) for number in range(3)])
ODD_NAMES = {"blank": "with a blank", "long": LONG, "unicode": "Umgebüng-環境", "quote": "it's"}
VIRTUALENVS = {
    "16.7.12": ("2.7", "3.7", "3.8"),
    "20.0.35": ("2.7", "3.6", "3.8"),
    "20.26.6": ("3.7", "3.12"),
    "newest": ("3.9", "3.13"),
}
OLD_SCRIPT = """__requires__ = 'pip==1.0'
from pkg_resources import load_entry_point
load_entry_point('pip==1.0', 'console_scripts', 'pip')()
"""
SYSTEM_SITE = "--system-site-packages"
SCRIPT = "import sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"


def situation(name: str) -> Callable[[Make], Make]:
    def register(make: Make) -> Make:
        assert name not in SITUATIONS, name
        SITUATIONS[name] = make
        return make

    return register


def in_env(build: Callable[..., Path], *words: str) -> Situation:
    return only(scripts(build(*words)))


def env(name: str, build: Callable[..., Path], *words: str) -> None:
    situation(name)(partial(in_env, build, *words))


# Environments by each tool


def by_module(version: str) -> Situation:
    return Situation(f"{base(version)}/bin:/bin", words=(f"python{version}", "-m", "pip"))


for _version in ("2.7", *VERSIONS):
    env(f"base {_version}", base, _version)
    situation(f"base {_version} python")(partial(by_module, _version))
for _version in VERSIONS:
    env(f"venv {_version}", venv, _version)
for _version in VERSIONS[2:]:
    env(f"uv venv {_version}", uv_venv, _version)
for _release, _versions in VIRTUALENVS.items():
    for _version in _versions:
        env(f"virtualenv {_release} {_version}", virtualenv, _release, _version)
for _title, _folder in ODD_NAMES.items():
    env(f"venv {_title}", venv, "3.12", f"{_folder}-v")
    env(f"uv venv {_title}", uv_venv, "3.11", f"{_folder}-u")
    env(f"virtualenv {_title}", virtualenv, "newest", "3.10", f"{_folder}-w")
    env(f"relocatable {_title}", uv_venv, "3.12", f"{_folder}-r", "--relocatable")
env("old venv long", venv, "3.8", f"{LONG}-8")
env("old venv blank", venv, "3.6", "with a blank-6")
for _version in ("3.7", "3.8", "3.12"):
    env(f"copies {_version}", venv, _version, f"copies-{_version}", "--copies")
    env(f"system site {_version}", venv, _version, f"system-{_version}", SYSTEM_SITE)
env("virtualenv system site", virtualenv, "20.26.6", "3.9", "virtualenv-system", SYSTEM_SITE)
env("old virtualenv system site", virtualenv, "16.7.12", "3.7", "old-system", SYSTEM_SITE)
env("virtualenv copies", virtualenv, "newest", "3.12", "virtualenv-copies", "--copies")


for _title, _folder in {"": "plain", **ODD_NAMES}.items():
    env(f"conda {_title}".rstrip(), conda, f"conda-{_folder}")


# Environments that were moved, copied, linked, or lost their base


def changed(name: str, version: str, change: Callable[[Path], Path], *options: str) -> str:
    """The scripts of an environment inside a folder in which something is changed after."""

    def build(at: Path) -> None:
        at.mkdir()
        run(python(version), "-m", "venv", *options, str(at / "env"))
        place = change(at / "env")
        (at / "result").symlink_to(place.name)

    return str(os.readlink(made(name, build) / "result"))


def in_changed(name: str, version: str, change: Callable[[Path], Path], *options: str) -> Situation:
    result = changed(name, version, change, *options)
    return only(PLACE / name / result / "bin")


def move(env: Path) -> Path:
    return env.rename(env.with_name("moved"))


def copy(env: Path) -> Path:
    return Path(shutil.copytree(env, env.with_name("copied"), symlinks=True))


def copy_and_remove(env: Path) -> Path:
    copied = copy(env)
    shutil.rmtree(env)
    return copied


def link(env: Path) -> Path:
    env.with_name("linked").symlink_to("env")
    return env.with_name("linked")


def dangle(env: Path) -> Path:
    for each in (env / "bin").glob("python*"):
        each.unlink()
    (env / "bin/python3").symlink_to("/nowhere/bin/python3")
    (env / "bin/python").symlink_to("python3")
    return env


def remove_pip(env: Path) -> Path:
    for each in env.glob("lib/python*/site-packages/pip*"):
        shutil.rmtree(each)
    return env


def retarget(env: Path) -> Path:
    (env / "bin/python3").unlink()
    (env / "bin/python3").symlink_to(python("3.11"))
    (env / "bin/python").unlink()
    (env / "bin/python").symlink_to("python3")
    return env


def not_executable(env: Path) -> Path:
    (env / "bin/pip").chmod(0o644)
    return env


def without_config(env: Path) -> Path:
    (env / "pyvenv.cfg").unlink()
    return env


def empty_config(env: Path) -> Path:
    (env / "pyvenv.cfg").write_text("")
    return env


CHANGES: dict[str, tuple[str, Callable[[Path], Path], tuple[str, ...]]] = {
    "moved": ("3.12", move, ()),
    "copied": ("3.12", copy, ()),
    "copied and removed": ("3.12", copy_and_remove, ()),
    "linked": ("3.10", link, ()),
    "dangling": ("3.12", dangle, ()),
    "without pip": ("3.12", remove_pip, ()),
    "without pip but the system's": ("3.12", remove_pip, ("--system-site-packages",)),
    "of another python": ("3.9", retarget, ()),
    "not executable": ("3.12", not_executable, ()),
    "without pyvenv.cfg": ("3.12", without_config, ()),
    "with an empty pyvenv.cfg": ("3.12", empty_config, ()),
}
for _title, (_version, _change, _options) in CHANGES.items():
    _name = f"changed-{_title.replace(' ', '-')}"
    situation(f"env {_title}")(partial(in_changed, _name, _version, _change, *_options))


@situation("relocatable moved")
def _() -> Situation:
    def build(at: Path) -> None:
        before = at.with_name("relocatable-before")
        uv("venv", "--seed", "--relocatable", "--python", python("3.12"), str(before))
        before.rename(at)

    return only(scripts(made("relocatable-moved", build)))


@situation("a link to a relocatable launcher")
def _() -> Situation:
    return only(linked_launcher("relocatable", uv_venv("3.12", "uv-relocatable", "--relocatable")))


@situation("a link to a launcher")
def _() -> Situation:
    return only(linked_launcher("venv", venv("3.11")))


def linked_launcher(name: str, env: Path) -> str:
    def build(at: Path) -> None:
        at.mkdir()
        (at / "pip").symlink_to(env / "bin/pip")

    return str(made(f"link-to-{name}", build))


def orphan(name: str, *options: str) -> Situation:
    """An environment whose base was deleted."""

    def build(at: Path) -> None:
        own = clone("3.9", f"base-of-{name}")
        run(str(own / "bin/python3.9"), "-m", "venv", *options, str(at))
        shutil.rmtree(own)

    return only(scripts(made(name, build)))


SITUATIONS["base removed"] = lambda: orphan("orphan")
SITUATIONS["base removed, copies"] = lambda: orphan("orphan-copies", "--copies")


@situation("a base that was moved")
def _() -> Situation:
    return only(scripts(clone("3.9", "clone-3.9")))


@situation("the python of a base that was moved")
def _() -> Situation:
    return Situation(f"{clone('3.9', 'clone-3.9')}/bin:/bin", words=("python3", "-m", "pip"))


@situation("an environment of a base that was moved")
def _() -> Situation:
    own = clone("3.9", "clone-3.9")
    return only(
        scripts(made("of-clone", lambda at: run(str(own / "bin/python3"), "-m", "venv", str(at))))
    )


# Debian, the user's directory, variables


def debian() -> str:
    if not (Path("/usr/bin/pip").exists() and Path("/usr/lib/python3/dist-packages/pip").exists()):
        raise Absent("no pip of Debian")
    return "/usr/bin/python3"


def user_home(version: str) -> dict[str, str]:
    """A home directory with a pip of its own."""

    def build(at: Path) -> None:
        at.mkdir()
        run(
            debian() if version == "debian" else python(version),
            *("-m", "pip", "install", "-q", "--user", "--ignore-installed", "pip==23.1"),
            HOME=str(at),
            PIP_BREAK_SYSTEM_PACKAGES="1",
        )

    return {"HOME": str(made(f"home-{version}", build))}


def with_home(version: str, place: Callable[[str], str], **variables: str) -> Situation:
    home = user_home(version)
    return only(place(home["HOME"]), **home, **variables)


def target(version: str) -> str:
    def build(at: Path) -> None:
        run(python(version), "-m", "pip", "install", "-q", "--target", str(at), "pip==22.3")

    return str(made(f"target-{version}", build))


def prefixed(version: str) -> Path:
    def build(at: Path) -> None:
        run(
            *(python(version), "-m", "pip", "install", "-q", "--ignore-installed"),
            *("--prefix", str(at), "pip==22.3.1"),
        )

    return made(f"prefix-{version}", build)


def bin_of_base(version: str) -> Callable[[str], str]:
    return lambda _home: scripts(base(version))


def bin_of_debian(_home: str) -> str:
    debian()
    return "/usr/bin"


def local(home: str) -> str:
    return f"{home}/.local/bin"


def with_variables(place: Callable[[], str], **variables: Callable[[], str] | str) -> Make:
    def make() -> Situation:
        made_of = {
            key: text if isinstance(text, str) else text() for key, text in variables.items()
        }
        return only(place(), **made_of)

    return make


SITUATIONS |= {
    "Debian": lambda: only(bin_of_debian("")),
    "Debian python": lambda: Situation(SYSTEM, words=(debian(), "-m", "pip")),
    "uv venv of Debian": lambda: only(scripts(uv_venv(debian(), "uv-debian"))),
    "uv venv of Debian, system site": lambda: only(
        scripts(uv_venv(debian(), "uv-debian-system", "--system-site-packages"))
    ),
    "virtualenv of Debian": lambda: only(
        scripts(virtualenv("newest", debian(), "virtualenv-debian"))
    ),
    "user pip": lambda: with_home("3.10", local),
    "user pip through the base": lambda: with_home("3.10", bin_of_base("3.10")),
    "user pip of another python": lambda: with_home("3.10", bin_of_base("3.11")),
    "user pip switched off": lambda: with_home("3.10", bin_of_base("3.10"), PYTHONNOUSERSITE="1"),
    "user launcher switched off": lambda: with_home("3.10", local, PYTHONNOUSERSITE="1"),
    "user pip from a venv": lambda: with_home("3.10", lambda _home: scripts(venv("3.10"))),
    "user pip of Debian": lambda: with_home("debian", local),
    "user pip through Debian": lambda: with_home("debian", bin_of_debian),
    "user pip below system site": lambda: with_home(
        "3.12", lambda _home: scripts(venv("3.12", "system-3.12", "--system-site-packages"))
    ),
    "PYTHONUSERBASE": with_variables(
        lambda: scripts(base("3.10")),
        PYTHONUSERBASE=lambda: user_home("3.10")["HOME"] + "/.local",
    ),
    "PYTHONPATH": with_variables(lambda: scripts(venv("3.12")), PYTHONPATH=lambda: target("3.12")),
    "PYTHONPATH of nothing": with_variables(lambda: scripts(venv("3.12")), PYTHONPATH="/nowhere:"),
    "target": lambda: only(f"{target('3.12')}/bin"),
    "prefix": lambda: only(scripts(prefixed("3.12"))),
    "PYTHONHOME of nothing": with_variables(lambda: scripts(venv("3.12")), PYTHONHOME="/nowhere"),
    "PYTHONHOME of nothing, base": with_variables(
        lambda: scripts(base("3.9")), PYTHONHOME="/nowhere"
    ),
    "PYTHONHOME": with_variables(
        lambda: scripts(base("3.9")), PYTHONHOME=lambda: str(clone("3.9", "clone-3.9"))
    ),
    "PYTHONHOME and venv": with_variables(
        lambda: scripts(venv("3.9")), PYTHONHOME=lambda: str(clone("3.9", "clone-3.9"))
    ),
    "PYTHONHOME of another version": with_variables(
        lambda: scripts(base("3.9")), PYTHONHOME=lambda: str(base("3.12"))
    ),
}


# On a base of conda


def on_conda(build: Callable[..., Path], name: str, *options: str) -> Situation:
    return only(scripts(build(f"{conda('conda-plain')}/bin/python", name, *options)))


def conda_moved() -> Situation:
    def build(at: Path) -> None:
        shutil.copytree(conda("conda-plain"), at, symlinks=True)

    return only(scripts(made("conda-copied", build)))


SITUATIONS |= {
    "uv venv of conda": partial(on_conda, uv_venv, "uv-conda"),
    "uv venv of conda, system site": partial(on_conda, uv_venv, "uv-conda-system", SYSTEM_SITE),
    "virtualenv of conda": partial(on_conda, partial(virtualenv, "newest"), "virtualenv-conda"),
    "conda copied": conda_moved,
    "user pip through conda": lambda: with_home(
        "3.12", lambda _home: scripts(conda("conda-plain"))
    ),
    "env python leads to conda": lambda: Situation(
        f"{script('env-to-conda', f'#!/usr/bin/env python{chr(10)}{SCRIPT}')}"
        f":{conda('conda-plain')}/bin:{SYSTEM}"
    ),
    "conda's python": lambda: Situation(
        f"{conda('conda-plain')}/bin:/bin", words=("python", "-m", "pip")
    ),
}


# First lines, and scripts of people


def lines(name: str, first: Callable[[], str], body: str = SCRIPT, **options: str) -> None:
    SITUATIONS[name] = lambda: only(
        script(f"script-{name.replace(' ', '-')}", f"{first()}\n{body}"), *options.values()
    )


def interpreter() -> str:
    return f"{venv('3.12')}/bin/python"


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


def compare() -> None:
    """Print how each prediction compares with the truth, and how long it takes."""
    counts = {"equal": 0, "unknown": 0, "wrong": 0, "absent": 0}
    spent = [0.0]
    for title, make in SITUATIONS.items():
        try:
            made_now = make()
        except Absent as absent:
            counts["absent"] += 1
            print("absent  ", title, absent)
            continue
        truth, guess = told(made_now), predicted(made_now)
        spent.append(milliseconds(made_now))
        verdict = "equal" if truth == guess else "unknown" if guess == UNKNOWN else "wrong"
        counts[verdict] += 1
        print(f"{verdict:8}{spent[-1]:6.2f} ms  {title}: {guess}", flush=True)
        if verdict != "equal":
            print(f"   in truth {truth}")
    print(counts, f"median {sorted(spent)[len(spent) // 2]:.2f} ms, most {max(spent):.2f} ms")


def milliseconds(made_now: Situation) -> float:
    """The least time of several, for the machine does other things too."""
    around = made_now.surroundings
    times = []
    for _ in range(20):
        start = time.perf_counter()
        command(made_now.words[0], around)
        times.append(time.perf_counter() - start)
    return min(times) * 1000


if __name__ == "__main__":
    compare()
