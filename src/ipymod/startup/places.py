"""GATHER: the folders whose files IPython runs when a kernel starts."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.startup.file import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.launchers import Surroundings

DEFAULT = "default"  # the profile of a kernel that is started without one
_PROFILE = "profile_"


@dataclass(frozen=True)
class Place:
    """One such folder.

    Attributes:
        kernels: whose kernels run what lies there.
        path: of our file in it, whether it is there or not.
        profile: the user's profile that it belongs to; empty if it is for all of them.
        option: what to type behind `ipymod enable`; empty for a place that is not ours to change.
    """

    kernels: str
    path: str
    profile: str = ""
    option: str = ""


def of_environment(prefix: str) -> Place:
    """The folder for all kernels of an environment."""
    folder = os.path.join(prefix, "etc", "ipython")
    return Place(f"all kernels of {prefix}", _in(folder), option="--sys-prefix")


def of_user(here: Surroundings, profile: str = DEFAULT) -> Place:
    """The folder for the user's kernels in all environments; most are of the default profile."""
    return _of_profile(ipython_dir(here), profile)


def of_system(here: Surroundings) -> list[Place]:
    """The folders for all kernels of this machine."""
    around = [here.variables.get("PROGRAMDATA", "")] if here.windows else ["/usr/local/etc", "/etc"]
    folders = [os.path.join(each, "ipython") for each in around if each]
    return [Place("all kernels of this machine", _in(folder)) for folder in folders]


def passed_over(here: Surroundings) -> list[Place]:
    """The user's folders that IPython does not look into, because IPYTHONDIR names another one."""
    usual = os.path.join(os.path.realpath(here.home), ".ipython")
    found = [] if usual == ipython_dir(here) else _of_profiles(usual)
    return [replace(place, option="") for place in found]


def of_profiles(here: Surroundings) -> list[Place]:
    """The folder of each of the user's profiles; the default one first, and always."""
    found = {place.profile: place for place in _of_profiles(ipython_dir(here))}
    return list({DEFAULT: of_user(here), **found}.values())


def ipython_dir(here: Surroundings) -> str:
    """Where the user's profiles are, as IPython's `get_ipython_dir` has it."""
    given = here.variables.get("IPYTHONDIR")
    if given is not None:
        return os.path.normpath(os.path.join(here.cwd, os.path.expanduser(given)))
    home = os.path.realpath(here.home)
    usual = os.path.join(home, ".ipython")
    if here.windows or os.path.exists(usual):
        return usual
    xdg = here.variables.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    old = os.path.join(xdg, "ipython")  # where IPython 0.13 and 1 had it
    return old if _is_writable(old) and not os.path.islink(old) else usual


def _of_profiles(folder: str) -> Iterator[Place]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        if name.startswith(_PROFILE) and os.path.isdir(os.path.join(folder, name)):
            yield _of_profile(folder, name.removeprefix(_PROFILE))


def _of_profile(folder: str, profile: str) -> Place:
    option = "--user" if profile == DEFAULT else f"--profile {profile}"
    path = _in(os.path.join(folder, _PROFILE + profile))
    return Place(f"your kernels of profile {profile}", path, profile, option)


def _in(folder: str) -> str:
    return os.path.join(folder, "startup", NAME)


def _is_writable(folder: str) -> bool:
    return os.path.isdir(folder) and os.access(folder, os.W_OK)
