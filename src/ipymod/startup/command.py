"""FACE: `ipymod enable`, `ipymod disable` and `ipymod status`."""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, NoReturn

from ipymod.errors import IpymodError, UsageError
from ipymod.launchers import Surroundings
from ipymod.patterns import pattern
from ipymod.startup import file, places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.startup.places import Place

_ABOUT = {
    "enable": "Let kernels load ipymod when they start. They greet only if something is wrong.",
    "disable": "Let kernels start without ipymod again.",
    "status": "Tell which kernels load ipymod when they start, and whether something is wrong.",
}
_PROFILE = pattern(r"--(?:\w+\.)?profile(?:=(.*))?", re.ASCII)


def answer(command: str, words: Sequence[str]) -> tuple[str, int]:
    """Do it; what to print, and the exit status.

    Raises:
        UsageError: the words cannot be understood.
        IpymodError: it cannot be done; nothing was changed then.
    """
    options = parser(command)
    asked = options.parse_args(words)
    if asked.help:
        return options.format_help().rstrip(), 0
    here = Surroundings.now()
    if command == "status":
        return _status(here)
    place = _place(asked, here)
    return (_enabled if command == "enable" else _disabled)(place, here), 0


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; {self.prog} --help shows what may stand here")


def parser(command: str) -> ArgumentParser:
    """Give what reads the words of a command."""
    options = _Parser(
        f"ipymod {command}", description=_ABOUT[command], add_help=False, allow_abbrev=False
    )
    if command != "status":
        which = options.add_mutually_exclusive_group()
        add = which.add_argument
        add("--sys-prefix", action="store_true", help="all kernels of this environment (default)")
        add("--user", action="store_true", help="your kernels, in every environment with ipymod")
        options.add_argument(
            "--profile", metavar="P", help="only your kernels that start with that IPython profile"
        )
    options.add_argument("-h", "--help", action="store_true", help="show these lines")
    return options


def _place(asked: Namespace, here: Surroundings) -> Place:
    """The place that is meant.

    Raises:
        UsageError: there is no such profile.
    """
    if asked.profile is None:
        return places.of_user(here) if asked.user else places.of_environment(sys.prefix)
    if asked.sys_prefix:
        raise UsageError("--sys-prefix is for all profiles; --profile goes with --user")
    known = {place.profile: place for place in places.of_profiles(here)}
    if asked.profile not in known:
        told = f"there is no profile {asked.profile!r} in {places.ipython_dir(here)}"
        raise UsageError(f"{told}; known: {', '.join(known)}; `ipython profile create` makes one")
    return known[asked.profile]


def _enabled(place: Place, here: Surroundings) -> str:
    try:
        new = file.write(place.path)
    except IpymodError as error:
        if place.option != "--sys-prefix" or not isinstance(error.__cause__, OSError):
            raise
        raise IpymodError(f"{error}; for your own kernels: ipymod enable --user") from error
    lines = [f"ipymod is on{'' if new else ' already'} for {place.kernels}: {place.path}"]
    if new:
        lines.append("Kernels that run now load it when they are restarted.")
    return "\n".join([*lines, *_troubles(place, here)])


def _disabled(place: Place, here: Surroundings) -> str:
    gone = file.remove(place.path)
    lines = [f"ipymod is off{'' if gone else ' already'} for {place.kernels}: no {place.path}"]
    others = [each for each in _known(here) if each.option and _state(each) == "on"]
    lines += [f"It is on for {each.kernels}: ipymod disable {each.option}" for each in others]
    return "\n".join(lines)


def _status(here: Surroundings) -> tuple[str, int]:
    lines, troubles, on = [], 0, False
    for place in _known(here):
        state = _state(place)
        if state == "off" and not place.option:
            continue
        found = list(_troubles(place, here)) if state != "off" else []
        lines += [f"{state:<5}  {place.kernels}", f"       {place.path}"]
        lines += [f"       {each}" for each in found]
        troubles += len(found)
        on = on or state == "on"
    if not on:
        lines.append("No kernel loads ipymod when it starts; `ipymod enable` makes them do so.")
    return "\n".join(lines), 1 if troubles else 0


def _known(here: Surroundings) -> list[Place]:
    """All places, each once: the environment may be that of the whole machine."""
    found = [places.of_environment(sys.prefix), *places.of_profiles(here)]
    found += [*places.passed_over(here), *places.of_system(here)]
    return list({place.path: place for place in reversed(found)}.values())[::-1]


def _state(place: Place) -> str:
    try:
        return "on" if file.is_on(place.path) else "off"
    except IpymodError:
        return "wrong"


def _troubles(place: Place, here: Surroundings) -> Iterator[str]:
    """Why kernels may not load it, though it is on there."""
    try:
        file.is_on(place.path)
    except IpymodError as error:
        yield str(error)
    if not place.profile:
        return
    folder = places.ipython_dir(here)
    asked = here.variables.get("IPYTHONDIR", folder)
    if not os.path.isabs(os.path.expanduser(asked)):
        yield f"IPYTHONDIR is {asked!r}, and each kernel reads that from its own working directory"
    elif not place.path.startswith(os.path.join(folder, "")):
        yield f"no kernel that starts from here runs it: IPYTHONDIR is {folder}"
    elif not os.access(folder, os.W_OK):
        yield f"no kernel runs it: {folder} is not writable, so IPython takes an empty folder"
    elif place.profile != places.DEFAULT and place.profile not in _profiles(here):
        yield (
            f"no kernel that Jupyter knows here starts with profile {place.profile}: "
            f"--profile={place.profile} belongs into the argv of its kernel.json"
        )


def _profiles(here: Surroundings) -> set[str]:
    """The profiles that registered kernels start with, where they name one."""
    from ipymod.survey import this_kernel
    from ipymod.survey.kernels import gather_kernelspecs

    found = gather_kernelspecs(this_kernel(here), here)
    return {each for spec in (found.specs if found else ()) for each in _named(spec.argv)}


def _named(argv: Sequence[str]) -> Iterator[str]:
    for word, following in zip(argv, (*argv[1:], ""), strict=True):
        if option := _PROFILE.fullmatch(word):
            yield following if option[1] is None else option[1]
