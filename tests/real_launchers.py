"""Real launchers of pip made by real tools, kept under `.envs`, and what they say of themselves."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

from environments import FOLDER, locked
from ipymod.launchers import Surroundings, command, pip_of
from ipymod.launchers.resolve import follow, imported_first
from ipymod.launchers.steps import Python

PLACE = FOLDER / "launchers-1"
SYSTEM = "/usr/bin:/bin"
SCRIPT = "import sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"
# What would change what the builders build.
NOT_FOR_BUILDERS = ("PYTHON", "PYENV", "VIRTUAL_ENV", "CONDA", "PWD")
BUILT_WITH = {
    **{key: text for key, text in os.environ.items() if not key.startswith(NOT_FOR_BUILDERS)},
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}
BROKEN = "broken"
UNKNOWN = "unknown"


class Absent(Exception):  # noqa: N818  not an error: the machine has not what it takes
    """A tool or a Python that a situation needs is not here."""


@dataclass(frozen=True)
class Situation:
    """What is typed, and where: `words[0]` is looked for on `path`."""

    path: str
    words: tuple[str, ...] = ("pip",)
    cwd: str = "/"
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def surroundings(self) -> Surroundings:
        told = self.environ
        return Surroundings(
            tuple(self.path.split(":")), self.cwd, told, told["HOME"], Surroundings.now().system
        )

    @property
    def environ(self) -> dict[str, str]:
        basic = {"HOME": str(PLACE / "nobody"), "LANG": "C.UTF-8", "PATH": self.path}
        return basic | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"} | self.variables


def _shell() -> str:
    # bash stops at the first file it finds; dash goes on where its interpreter does not exist.
    return shutil.which("bash") or "/bin/sh"


Answer = tuple[str, str, str] | str


def told(situation: Situation) -> Answer:
    """Pip's version, its directory and its Python, as it says them; or `broken`."""
    line = " ".join([*situation.words, "--version"])
    answer = subprocess.run(
        [_shell(), "-c", line],
        cwd=situation.cwd,
        env=situation.environ,
        capture_output=True,
        check=False,
        timeout=100,
    )
    text = os.fsdecode(answer.stdout).strip()
    match = re.fullmatch(r"pip (\S+) from (.+) \(python (\d+\.\d+)\)", text)
    if answer.returncode or match is None:
        return BROKEN
    return match[1], match[2].removesuffix("/pip"), match[3]


def predicted(situation: Situation) -> Answer:
    """The same, without starting anything; or `broken`, or `unknown`."""
    around = situation.surroundings
    found = command(situation.words[0], around)
    if found is None or found.state == BROKEN:
        return BROKEN
    end = follow(found.path, around).end
    if found.state == UNKNOWN or found.environment is None or not isinstance(end, Python):
        return UNKNOWN
    first = imported_first(end)
    if situation.words[1:] == ("-m", "pip"):
        first = (situation.cwd, *first)
    pip = pip_of(found.environment, first)
    if pip is None:
        return BROKEN
    short = ".".join(found.environment.version.split(".")[:2])
    return pip[0], pip[1].removesuffix("/pip"), short


_DESCRIBE = """
import json, os, site, sys
try:
    from sysconfig import get_path
    pure, library, scripts = get_path("purelib"), get_path("stdlib"), get_path("scripts")
except ImportError:
    pure = library = scripts = ""
print(json.dumps({
    "prefix": sys.prefix,
    "base": getattr(sys, "real_prefix", None) or getattr(sys, "base_prefix", sys.prefix),
    "version": "%d.%d.%d" % sys.version_info[:3],
    "user": site.USER_SITE if site.ENABLE_USER_SITE else "",
    "path": sys.path,
    "pure": pure,
    "scripts": scripts,
    "managed": os.path.exists(os.path.join(library, "EXTERNALLY-MANAGED")),
}))
"""


def described(python: str, flags: str, around: Surroundings) -> dict[str, Any] | None:
    """What an interpreter says of itself; None if it does not start."""
    answer = subprocess.run(
        [python, *flags.split(), "-c", _DESCRIBE],
        cwd=around.cwd,
        env=dict(around.variables),
        capture_output=True,
        check=False,
        timeout=100,
    )
    return None if answer.returncode else cast("dict[str, Any]", json.loads(answer.stdout))


# Tools and bases


@cache
def base(version: str) -> Path:
    """The folder of pyenv's Python of that version."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in sorted((root / "versions").glob(f"{version}.*")):
        if re.fullmatch(r"\d\.\d+\.\d+", folder.name) and not folder.is_symlink():
            return folder
    raise Absent(f"pyenv has no Python {version}")


def python(version: str) -> str:
    return str(base(version) / "bin" / f"python{version}")


def run(*words: str, **variables: str) -> None:
    environ = BUILT_WITH | {"HOME": str(PLACE / "nobody")} | variables
    cache_of_uv = os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache/uv")
    environ["UV_CACHE_DIR"] = cache_of_uv
    done = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        how = f"ended with {done.returncode}"
        raise RuntimeError(f"{words} {how}:\n{done.stdout}\n{done.stderr}")


def uv(*words: str, **variables: str) -> None:
    run(sys.executable, "-m", "uv", "-q", *words, **variables)


def made(name: str, build: Callable[[Path], object]) -> Path:
    """A folder that is built once; `build` gets a path that does not exist yet."""
    place = PLACE / name
    ready = PLACE / f"{name}.ready"
    place.parent.mkdir(parents=True, exist_ok=True)
    (PLACE / "nobody").mkdir(exist_ok=True)
    with locked(PLACE / f"{name}.lock"):
        if not ready.exists():
            shutil.rmtree(place, ignore_errors=True)
            build(place)
            ready.touch()
    return place


def venv(version: str, name: str = "", *options: str) -> Path:
    name = name or f"venv-{version}"
    return made(name, lambda at: run(python(version), "-m", "venv", *options, str(at)))


def uv_venv(version: str, name: str = "", *options: str) -> Path:
    def build(at: Path) -> None:
        which = version if "/" in version else python(version)
        uv("venv", "--seed", "--python", which, *options, str(at))

    return made(name or f"uv-{version}", build)


def virtualenv(release: str, version: str, name: str = "", *options: str) -> Path:
    """An environment by an old or the newest virtualenv; it runs on Python 3.8 or newer."""
    runs_on = python("3.8" if release.startswith(("16", "20.0")) else "3.11")

    def install(at: Path) -> None:
        uv("venv", "--seed", "--python", runs_on, str(at))
        wanted = "virtualenv" if release == "newest" else f"virtualenv=={release}"
        uv("pip", "install", "--python", str(at / "bin/python"), wanted)

    def build(at: Path) -> None:
        tool = made(f"tool-virtualenv-{release}", install) / "bin/python"
        which = version if "/" in version else python(version)
        run(str(tool), "-m", "virtualenv", "-p", which, *options, str(at))

    return made(name or f"virtualenv-{release}-{version}", build)


def clone(version: str, name: str) -> Path:
    """A base of our own, by hard links."""

    def build(at: Path) -> None:
        try:
            shutil.copytree(base(version), at, symlinks=True, copy_function=os.link)
        except OSError:  # another file system
            shutil.rmtree(at, ignore_errors=True)
            shutil.copytree(base(version), at, symlinks=True)

    return made(name, build)


def conda(name: str) -> Path:
    """An environment of conda, from a channel of our own, made by py-rattler."""

    def install(at: Path) -> None:
        uv("venv", "--python", python("3.12"), str(at))
        try:
            uv("pip", "install", "--python", str(at / "bin/python"), "py-rattler==0.28.0")
        except RuntimeError as error:
            raise Absent("py-rattler cannot be installed") from error

    def pack(at: Path, *prefixes: Path) -> None:
        tool = made("tool-rattler", install) / "bin/python"
        program = str(Path(__file__).with_name("conda_channel.py"))
        with locked(PLACE / "rattler.lock"):  # its cache of packages takes one at a time
            run(str(tool), program, str(base("3.12")), str(at), *map(str, prefixes))

    return made(name, lambda at: pack(made("conda-channel", pack), at))


def target(version: str) -> str:
    def build(at: Path) -> None:
        run(python(version), "-m", "pip", "install", "-q", "--target", str(at), "pip==22.3")

    return str(made(f"target-{version}", build))


def scripts(place: Path) -> str:
    return f"{place}/bin"


def script(name: str, text: str | bytes, mode: int = 0o755) -> str:
    """A folder with a file `pip` of that text."""

    def build(at: Path) -> None:
        at.mkdir()
        data = text.encode() if isinstance(text, str) else text
        (at / "pip").write_bytes(data)
        (at / "pip").chmod(mode)

    return str(made(name, build))


def only(place: str | Path, *rest: str, **variables: str) -> Situation:
    """`pip` with this folder first on PATH, and little behind it."""
    return Situation(":".join([str(place), *(rest or ["/nowhere"]), "/bin"]), variables=variables)


# What the tests go through

Make = Callable[[], Situation]
SITUATIONS: dict[str, Make] = {}


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
