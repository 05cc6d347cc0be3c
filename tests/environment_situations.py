"""Environments made by every tool, and what befalls them: the first half of the situations."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from real_launchers import (
    PLACE,
    SCRIPT,
    SITUATIONS,
    SYSTEM,
    Absent,
    Make,
    Situation,
    base,
    clone,
    conda,
    env,
    made,
    only,
    python,
    run,
    script,
    scripts,
    situation,
    target,
    uv,
    uv_venv,
    venv,
    virtualenv,
)

if TYPE_CHECKING:
    from collections.abc import Callable

VERSIONS = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
LONG = "/".join(["a-folder-with-a-long-name-" * 3 + str(number) for number in range(3)])
ODD_NAMES = {"blank": "with a blank", "long": LONG, "unicode": "Umgebüng-環境", "quote": "it's"}
VIRTUALENVS = {
    "16.7.12": ("2.7", "3.7", "3.8"),
    "20.0.35": ("2.7", "3.6", "3.8"),
    "20.26.6": ("3.7", "3.12"),
    "newest": ("3.9", "3.13"),
}
SYSTEM_SITE = "--system-site-packages"


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


def other(command: str, build: Callable[..., Path], *words: str) -> Situation:
    return Situation(f"{build(*words)}/bin:/bin", words=(command,))


situation("pip3")(partial(other, "pip3", venv, "3.12"))
situation("pip3.12")(partial(other, "pip3.12", uv_venv, "3.12"))
situation("pip3.9")(partial(other, "pip3.9", virtualenv, "newest", "3.9"))
situation("pip3.13 that is not there")(partial(other, "pip3.13", venv, "3.12"))


def nested(build: Callable[..., Path], version: str, name: str) -> Path:
    """An environment made by the Python of another."""
    return build(f"{venv(version)}/bin/python", f"{name}-{version}")


def venv_by(program: str, name: str) -> Path:
    return made(name, lambda at: run(program, "-m", "venv", str(at)))


for _version in ("3.8", "3.11"):
    env(f"venv in venv {_version}", partial(nested, venv_by), _version, "nested-venv")
    env(f"uv venv in venv {_version}", partial(nested, uv_venv), _version, "nested-uv")
    env(
        f"virtualenv in venv {_version}",
        *(partial(nested, partial(virtualenv, "20.26.6")), _version, "nested-virtualenv"),
    )


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


def python_in_changed(
    name: str, version: str, change: Callable[[Path], Path], *options: str
) -> Situation:
    result = changed(name, version, change, *options)
    return Situation(f"{PLACE / name / result}/bin:/nowhere", words=("python3", "-m", "pip"))


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


def config(change: Callable[[str], str], place: str = "") -> Callable[[Path], Path]:
    def edit(env: Path) -> Path:
        text = (env / "pyvenv.cfg").read_text()
        (env / "pyvenv.cfg").unlink()
        (env / place / "pyvenv.cfg").write_text(change(text))
        return env

    return edit


def spoil(name: str) -> Callable[[Path], Path]:
    """Leave an interrupted uninstall behind."""

    def remove(env: Path) -> Path:
        next(env.glob(f"lib/python*/site-packages/{name}")).unlink()
        return env

    return remove


def lend(env: Path) -> Path:
    """Take pip away, and let a `.pth` file lead to another."""
    site = next(env.glob("lib/python*/site-packages"))
    lent = env.with_name("lent")
    lent.mkdir()
    for each in site.glob("pip*"):
        each.rename(lent / each.name)
    (site / "lent.pth").write_text(f"# lent\n{lent}\n")
    return env


def replace_base(env: Path) -> Path:
    """The key `home` leads to another Python than the link."""
    return config(lambda text: text.replace(str(base("3.12")), str(base("3.11"))))(env)


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
    "with True in capitals": ("3.12", config(lambda text: text.replace("false", "TRUE")), ()),
    "with odd keys": (
        "3.11",
        config(lambda text: text.replace("home =", "HOME   =   ").replace("\n", "\r\n")),
        (),
    ),
    "with its file beside python": ("3.10", config(str, "bin"), ()),
    "with another home": ("3.12", replace_base, ()),
    "with a home that is gone": (
        "3.12",
        config(lambda text: text.replace("home = ", "home = /nowhere")),
        (),
    ),
    "half uninstalled": ("3.12", spoil("pip/__init__.py"), ()),
    "without metadata": ("3.12", spoil("pip-*/METADATA"), ()),
    "with a lent pip": ("3.12", lend, ()),
}
for _title, (_version, _change, _options) in CHANGES.items():
    _name = f"changed-{_title.replace(' ', '-')}"
    situation(f"env {_title}")(partial(in_changed, _name, _version, _change, *_options))
    situation(f"env {_title}, its python")(
        partial(python_in_changed, _name, _version, _change, *_options)
    )


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
    "user pip installs elsewhere": lambda: with_home("3.10", bin_of_base("3.11")),
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
