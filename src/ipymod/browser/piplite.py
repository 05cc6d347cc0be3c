"""DO: install by piplite and remove by micropip, as `pip install` and `pip uninstall` would."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from ipymod.browser import listed
from ipymod.browser.wish import flat, name_of
from ipymod.errors import IpymodError, UsageError
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipymod.browser.wish import Wish

_INNER = pattern(r"(?:-r|--requirement)[ \t=]*(?P<file>\S.*)")
_NO_WHEEL = pattern(r"Can't find a pure Python 3 wheel for:? '?([^'\n]+)'?")


async def install(wish: Wish) -> str:
    """Install what is wished for, and say what was there already.

    Raises:
        UsageError: a file of requirements cannot be read, or holds what is not known here.
        IpymodError: it could not be installed; the text is one line.
    """
    options, asked = _options(wish), _requirements(wish)
    before = listed.versions()
    try:
        await _installer()(requirements=asked, **options)
    except Exception as error:
        raise IpymodError(_why(error, asked)) from error
    return _unchanged(wish, asked, before)


def _installer() -> Any:
    """Piplite's, which JupyterLite brings; without that, what it is made from."""
    try:
        from piplite import install
    except ImportError:
        from micropip import install
    return install


def _options(wish: Wish) -> dict[str, Any]:
    """The options that differ from what is usual: an older piplite knows fewer of them."""
    wanted = {
        "deps": (wish.deps, True),
        "pre": (wish.pre, False),
        "reinstall": (wish.reinstall, False),
        "verbose": (wish.verbose, False),
        "keep_going": (wish.verbose, False),
        "index_urls": (wish.index, ""),
        "constraints": (list(_from_files(wish.limits)), []),
    }
    return {name: value for name, (value, usual) in wanted.items() if value != usual}


def _requirements(wish: Wish) -> list[str]:
    return [*map(_address, wish.names), *_from_files(wish.files)]


def _address(name: str) -> str:
    """A wheel that lies in a folder has an address, too."""
    if not name.endswith(".whl") or re.match(r"\w+:", name):
        return name
    return f"emfs:{os.path.abspath(os.path.expanduser(name))}"


def _from_files(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        try:
            with open(path, encoding="utf-8-sig") as file:
                lines = file.read().splitlines()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise UsageError(f"{path} cannot be read: {why}") from error
        for number, line in enumerate(lines, 1):
            yield from _from_line(re.split(r"(?:^|\s)#", line)[0].strip(), path, number)


def _from_line(line: str, path: str, number: int) -> Iterator[str]:
    inner = _INNER.fullmatch(line)
    if inner:
        yield from _from_files([os.path.join(os.path.dirname(path), inner["file"])])
    elif line.startswith("-"):
        raise UsageError(
            f"{path}, line {number}: piplite knows no {line.split(maxsplit=1)[0]}: take it out"
        )
    elif line:
        yield _address(line)


def _why(error: Exception, asked: Sequence[str]) -> str:
    """What went wrong, in one line, and what may help."""
    what = f"{' '.join(asked)} could not be installed"
    said = [line.strip() for line in str(error).splitlines() if line.strip()]
    if found := _NO_WHEEL.search(str(error)):
        return (
            f"{what}: there is no wheel of {found[1].strip()} for a browser, neither a pure one"
            " nor one that Pyodide has built"
        )
    return f"{what}: {said[0] if said else type(error).__name__}"


def _unchanged(wish: Wish, asked: Sequence[str], before: Mapping[str, str]) -> str:
    """A word on what was asked for and is as it was; empty if all of it is new."""
    now = listed.versions()
    names = [name for name in map(name_of, asked) if name in now and before.get(name) == now[name]]
    if not names:
        return ""
    told = ", ".join(f"{name} {now[name]}" for name in names)
    verb = "is" if len(names) == 1 else "are"
    if wish.upgrade:
        again = f'%pymod pip install --force-reinstall "{names[0]}>VERSION"'
        return f"{told} {verb} installed already, and piplite looks for no newer: {again}"
    return f"{told} {verb} installed already"


def remove(names: Sequence[str]) -> str:
    """Remove distributions, and say in pip's words what became of each name."""
    import micropip

    lines = []
    for name in names:
        here = listed.installed().get(flat(name))
        if here is None:
            lines.append(f"WARNING: Skipping {name} as it is not installed.")
        else:
            title = f"{here.metadata['Name']}-{here.version}"
            micropip.uninstall(here.metadata["Name"])
            lines.append(f"Successfully uninstalled {title}")
    return "\n".join(lines)
