"""GATHER: the environment of an interpreter, from files alone.

The path of the interpreter is never resolved before `pyvenv.cfg` was looked for: behind the link
in an environment stands the base, and the answer would be wrong for every environment.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.facts import Environment
from ipymod.frozen import dataclass
from ipymod.launchers import files, pyenv
from ipymod.launchers.home import Home, find, full_version, library_of, named, short_version
from ipymod.launchers.site import Base, packages_of, user_packages

if TYPE_CHECKING:
    from ipymod.launchers.surroundings import Surroundings

_DOUBT = "="  # a key that no file can have
_INTERPRETERS = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe", "bin/pypy3")


@dataclass(frozen=True)
class Examined:
    """An environment, and how far it can be relied on.

    Attributes:
        environment: what is known of it.
        fault: why its interpreter cannot start; empty if nothing is known against it.
        doubt: why it would have to be run; empty if it need not.
        sure: false if a rule was used that has exceptions.
    """

    environment: Environment
    fault: str = ""
    doubt: str = ""
    sure: bool = True


def environment_of(python: str, surroundings: Surroundings, flags: str = "") -> Environment:
    """The environment of an interpreter, whose path must not have been resolved through links.

    Args:
        python: the path, absolute or from the working directory.
        surroundings: what the interpreter would see.
        flags: its options, such as `-I -X dev`.

    Returns:
        What is known; an unknown part is empty, and without a known prefix `base_prefix` is too.
    """
    return examine(python, surroundings, flags).environment


def interpreter_of(prefix: str) -> str | None:
    """The interpreter in a prefix; None if it has none, or one that leads nowhere."""
    candidates = [os.path.join(prefix, *name.split("/")) for name in _INTERPRETERS]
    return next((path for path in candidates if os.path.isfile(path)), None)


def examine(python: str, surroundings: Surroundings, flags: str = "") -> Examined:
    """The same as `environment_of`, with what speaks against it."""
    key = "examine", python, flags
    if key not in surroundings.answers:
        surroundings.answers[key] = _examined(python, surroundings, flags)
    examined: Examined = surroundings.answers[key]
    return examined


def _examined(python: str, surroundings: Surroundings, flags: str) -> Examined:
    python = os.path.normpath(surroundings.absolute(python))
    ignores = isolation(flags)
    prefix, config = _pyvenv(python)
    if doubt := config.get(_DOUBT):
        environment = Environment(prefix, "", "venv", real=real_prefix(prefix, surroundings))
        return Examined(environment, doubt=doubt)
    elsewhere = "" if "E" in ignores else surroundings.variables.get("PYTHONHOME", "")
    if elsewhere:
        home = _from_variable(elsewhere, python, config, surroundings)
    else:
        home = find(python, config, surroundings)
    if home is None:
        return _homeless(python, (prefix, config), elsewhere, surroundings)
    return Examined(_environment(prefix, config, home, surroundings, ignores), sure=home.sure)


def real_prefix(prefix: str, surroundings: Surroundings) -> str:
    """A prefix as it is compared: links resolved, and without case where the system has none."""
    if not prefix:
        return ""
    try:
        real = os.path.realpath(prefix)
    except (OSError, ValueError):
        real = prefix
    return real if surroundings.system == "Linux" else real.casefold()


def isolation(flags: str) -> str:
    """The letters among E, s and P that the options amount to; -I stands for all three."""
    letters = ""
    for word in flags.split():
        match = re.fullmatch(r"-([A-Za-z]+)", word)
        letters += match[1].partition("X")[0].partition("W")[0] if match else ""
    return letters + ("EsP" if "I" in letters else "")


def _pyvenv(python: str) -> tuple[str, dict[str, str]]:
    """The prefix of a virtual environment and its `pyvenv.cfg`; both empty if it is none.

    Beside its keys stand its path, under an empty one, and what makes it unreliable, if anything.
    """
    scripts = os.path.dirname(python)
    prefix = os.path.dirname(scripts)
    for place in (scripts, prefix):
        path = os.path.join(place, "pyvenv.cfg")
        kind = files.kind(path)
        if kind == "file":
            return prefix, {"": path, **_keys(path)}
        if kind == "special":
            return prefix, {
                "": path,
                _DOUBT: f"{path} is no regular file, Python would wait for it",
            }
    return "", {}


def _keys(path: str) -> dict[str, str]:
    """What a `pyvenv.cfg` says; some Pythons refuse to start with one that cannot be read."""
    data = files.head(path)
    if data is None:
        return {_DOUBT: f"{path} may not be read"}
    text = files.decoded(data)
    if not text.isascii() and re.search("[\udc80-\udcff]", text):
        return {_DOUBT: f"{path} is not written in UTF-8"}
    pairs = (line.partition("=") for line in text.splitlines())
    keys = {key.strip().lower(): said.strip() for key, _, said in pairs}
    home = keys.get("home", "")
    if home and files.kind(home) == "dangling":
        keys[_DOUBT] = f"{home}, where {path} says its Python is, is a link to nothing"
    return keys


def _from_variable(
    text: str, python: str, config: dict[str, str], surroundings: Surroundings
) -> Home | None:
    """The home that PYTHONHOME names; None if the library of this version is not there."""
    prefix = text.split(";" if surroundings.windows else ":", 1)[0]
    name = named(files.followed(python), config)
    if not name and (own := find(python, config, surroundings)):
        name = own.name
    library = library_of(surroundings.absolute(prefix), name, surroundings)
    return Home(prefix, library) if library else None


def _homeless(
    python: str, found: tuple[str, dict[str, str]], elsewhere: str, surroundings: Surroundings
) -> Examined:
    """An interpreter whose standard library is not found; `found` is as `_pyvenv` tells it."""
    prefix, config = found
    kind = _kind_of_config(config) if config else "base"
    environment = Environment(prefix, "", kind, real=real_prefix(prefix, surroundings))
    if elsewhere:
        return Examined(environment, fault=f"PYTHONHOME={elsewhere} has no library for {python}")
    if config.get("home") and not os.path.isdir(config["home"]):
        doubt = f"{config['home']}, where {config['']} says its Python is, does not exist"
    else:
        doubt = f"the standard library of {python} is not found near it"
    return Examined(environment, doubt=f"{doubt}; a path inside the program may still lead to it")


def _environment(
    prefix: str, config: dict[str, str], home: Home, surroundings: Surroundings, ignores: str
) -> Environment:
    root = pyenv.root_of(surroundings)
    version = full_version(home, config, root)
    base = Base(home, short_version(home, config), surroundings)
    venv = bool(config)
    origin = "" if venv else _original(home)
    # Where the key is missing, Python's own `site` takes it for true.
    system = venv and config.get("include-system-site-packages", "true").lower() == "true"
    if origin:
        system = not os.path.exists(os.path.join(home.stdlib, "no-global-site-packages.txt"))
    within = prefix or home.prefix
    outer = [*packages_of(base, origin or home.prefix)] if system else []
    own = packages_of(base, within, virtual=bool(venv or origin))
    reads_user = "s" not in ignores and (system or not (venv or origin))
    return Environment(
        prefix=within,
        base_prefix=origin or home.prefix,
        kind=_kind(config, home, origin, root),
        version=version,
        site=tuple(dict.fromkeys([*own, *outer])),
        scripts=os.path.join(within, "Scripts" if surroundings.windows else "bin"),
        system_site=system,
        user_site=user_packages(base, ignores) if reads_user else "",
        managed="" if venv or origin else _managed(home),
        real=real_prefix(within, surroundings),
    )


def _original(home: Home) -> str:
    """The base of an environment by virtualenv before 20, which copied parts of the library."""
    return files.text(os.path.join(home.stdlib, "orig-prefix.txt")).strip()


def _kind(config: dict[str, str], home: Home, origin: str, root: str) -> str:
    if config:
        return _kind_of_config(config)
    if origin:
        return "virtualenv"
    if os.path.isdir(os.path.join(home.prefix, "conda-meta")):
        return "conda"
    if os.path.isdir(os.path.join(home.prefix, "lib", "python3", "dist-packages")):
        return "debian"
    return "pyenv" if home.prefix.startswith(os.path.join(root, "versions", "")) else "base"


def _kind_of_config(config: dict[str, str]) -> str:
    return next((tool for tool in ("uv", "virtualenv") if tool in config), "venv")


def _managed(home: Home) -> str:
    return files.text(os.path.join(home.stdlib, "EXTERNALLY-MANAGED"))
