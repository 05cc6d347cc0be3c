"""SHOW: a failed import in one sentence and one command, shorter than a report would say it.

The most frequent kinds have their words here; of the others the check of the report is asked,
and it alone judges. Nothing is said where nothing is known: a guess may be somebody's trap.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipymod.facts.place import Installed, Missing

    Said = tuple[str, str]  # a sentence, and a command or nothing
    Judge = Callable[[], Said]

_ON_PATH = " on PATH"


@dataclass(frozen=True)
class Failure:
    """All that the words depend on.

    Attributes:
        missing: what is known of the module.
        python: the kernel's version: `3.12`.
        needing: the distribution in whose code the statement stands; None if it is the user's.
        requirement: how that distribution declares what it needs; empty if it does not.
        brought: the modules of a distribution that has the module's name: PIL for pillow.
        brought_here: whether the first of those can be imported.
    """

    missing: Missing
    python: str
    needing: Installed | None = None
    requirement: str = ""
    brought: tuple[str, ...] = ()
    brought_here: bool = False


def words(failure: Failure, judge: Judge) -> str:
    """A sentence and, on a line of its own, a command; empty where nothing is known.

    Args:
        failure: what is known.
        judge: gives the sentence and the command of the report; asked where it is needed.
    """
    sentence, command = _said(failure, judge)
    end = "" if sentence.endswith("?") else ":"
    return f"{sentence}{end}\n{command}" if sentence and command else sentence


def _said(failure: Failure, judge: Judge) -> Said:
    missing = failure.missing
    if failure.requirement and failure.needing and not _is_known_better(missing):
        return _needed(failure.needing, failure)
    if missing.shadow or missing.impostor:
        return judge()
    if missing.found:
        return _part(failure, judge)
    if missing.removed or missing.added or missing.standard or missing.here:
        sentence, command = judge()
        return _for(failure, sentence), command
    return _not_here(failure, judge)


def _is_known_better(missing: Missing) -> bool:
    """Whether more is known than that some distribution is required: it is there, or too new."""
    return bool(missing.found or missing.here) or any("<" in each for each in missing.distributions)


def _not_here(failure: Failure, judge: Judge) -> Said:
    missing = failure.missing
    if missing.elsewhere:
        return _for(failure, _elsewhere(missing.elsewhere[0], failure)), judge()[1]
    if missing.distributions:
        return _for(failure, _comes_with(missing)), _install(missing.distributions[0])
    if failure.needing:  # nobody mends a slip in the code of others
        return "", ""
    if failure.brought:
        return _misnamed(failure)
    return _misspelt(missing) if missing.near or missing.alike else ("", "")


def _for(failure: Failure, sentence: str) -> str:
    """The sentence, and whose code it is that failed, where that is not the user's."""
    if failure.needing is None:
        return sentence
    return f"{_title(failure.needing)} imports {failure.missing.module}; {sentence}"


def _part(failure: Failure, judge: Judge) -> Said:
    """Of a package that is there; of the user's own there is nothing to say."""
    missing = failure.missing
    if missing.here and not missing.near:
        says = f"{_title(missing.here[0])} has no {missing.module}; another version may have it"
        return _for(failure, says), ""
    return judge() if missing.near and not failure.needing else ("", "")


def _needed(needing: Installed, failure: Failure) -> Said:
    return (
        f"{_title(needing)} needs {failure.requirement}, which is not installed in this kernel",
        _install(failure.requirement),
    )


def _elsewhere(there: Installed, failure: Failure) -> str:
    python = f" for Python {there.python}" if there.python else ""
    what = _title(there) if there.distribution else failure.missing.module
    return f"{what} is installed{python} {_place(there)}, not in this kernel"


def _place(there: Installed) -> str:
    via, where = next(iter(there.via), ""), there.prefix or there.metadata
    if via.endswith(_ON_PATH) and "pip" in via:
        return f"by the {via.removesuffix(_ON_PATH).strip('`')} on your PATH ({where})"
    return f"in {where} ({via.replace('`', '')})" if via else f"in {where}"


def _comes_with(missing: Missing) -> str:
    first, *others = missing.distributions
    if missing.distributions == (missing.module,):
        return f"{first} is not installed in this kernel"
    beside = f" (or {', '.join(others)})" if others else ""
    return f"{missing.module} comes with {first}{beside}, which is not installed in this kernel"


def _misnamed(failure: Failure) -> Said:
    name, first = failure.missing.module, failure.brought[0]
    says = f"{name} is the name of a distribution; the module that it brings is {first}"
    if failure.brought_here:
        return says, f"import {first}"
    return f"{says}, which is not installed in this kernel", _install(name)


def _misspelt(missing: Missing) -> Said:
    known = (f"{each}, which is not installed" for each in missing.alike)
    guesses = " or ".join([*missing.near[:1], *known])
    command = "" if missing.alike else f"import {missing.near[0]}"
    return f"this kernel finds no {missing.module}; did you mean {guesses}?", command


def _title(installed: Installed) -> str:
    return f"{installed.distribution} {installed.version}".strip()


def _install(requirement: str) -> str:
    return f"%pymod pip install {shlex.quote(requirement)}"
