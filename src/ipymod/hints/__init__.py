"""GATHER, JUDGE, SHOW: a word on an import that failed; loaded when one has failed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.hints.needed import needed_by
from ipymod.hints.statement import wanted_by
from ipymod.hints.words import Failure, words
from ipymod.launchers import Surroundings
from ipymod.launchers.unread import silent
from ipymod.survey import known, this_kernel
from ipymod.survey.missing import gather_missing, importable
from ipymod.survey.reached import own_shelves

if TYPE_CHECKING:
    from ipymod.facts import Kernel
    from ipymod.facts.place import Missing
    from ipymod.hints.statement import Wanted
    from ipymod.survey.shelf import Shelf

__all__ = ["hint", "word_on"]


def hint(error: ImportError) -> str:
    """What to do about an import that failed: a line or two, then one command; empty if unknown.

    Only facts about this name are gathered, and nothing is started.
    """
    wanted = wanted_by(error)
    if wanted is None:
        return ""
    here = _answering(Surroundings.now())
    return word_on(wanted, this_kernel(here), here)


def word_on(wanted: Wanted, kernel: Kernel, here: Surroundings) -> str:
    """The same of what a kernel wanted, from where it stands."""
    missing = _missing(wanted, kernel, here)
    if missing is None or (wanted.partial and not missing.shadow):
        return ""
    return words(_failure(wanted, missing, kernel), lambda: _judged(missing, kernel))


def _judged(missing: Missing, kernel: Kernel) -> tuple[str, str]:
    """What a report says of it, and the command that it gives."""
    from ipymod.checks.names import distribution_of_another_project, module_elsewhere_or_misnamed

    judges = (distribution_of_another_project, module_elsewhere_or_misnamed)
    findings = [found for judge in judges for found in judge(missing, kernel)]
    return (findings[0].message, findings[0].fix) if findings else ("", "")


def _answering(here: Surroundings) -> Surroundings:
    """The same without the directories of commands that do not answer: nobody waits for those."""
    return replace(here, silent=silent([here.absolute(each) for each in here.path]))


def _missing(wanted: Wanted, kernel: Kernel, here: Surroundings) -> Missing | None:
    """What is known of the name, or of the longer one in the statement where that says more."""
    name = wanted.name
    if wanted.longer and not known.distributions_of(name):
        name = next(filter(known.distributions_of, wanted.longer), name)
    missing = gather_missing(kernel, here, name)
    if missing and missing.elsewhere and not missing.distributions and wanted.longer:
        return gather_missing(kernel, here, wanted.longer[-1])  # other parts of a namespace
    return missing


def _failure(wanted: Wanted, missing: Missing, kernel: Kernel) -> Failure:
    shelves = own_shelves(kernel)
    distributions = known.distributions_of(missing.module)
    needing, requirement = needed_by(wanted, distributions, shelves)
    named = "." not in missing.module and not (distributions or missing.found or needing)
    brought = _brought(missing.module, shelves) if named and not missing.elsewhere else ()
    return Failure(
        missing=missing,
        python=".".join(kernel.version.split(".")[:2]),
        needing=needing,
        requirement=requirement,
        brought=brought,
        brought_here=bool(brought) and importable(brought[0], kernel).kind != "missing",
    )


def _brought(name: str, shelves: list[Shelf]) -> tuple[str, ...]:
    """The public modules of the distribution that has this name; empty if none is known."""
    if known.is_namespace(name):  # it was meant as one, whatever has the name besides
        return ()
    shelf = next((each for each in shelves if each.distribution(name)), None)
    brought = shelf.modules(name) if shelf else known.modules_of(name)
    return tuple(each for each in brought if not each.startswith("_"))
