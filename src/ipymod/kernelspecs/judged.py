"""JUDGE: which of the checks speak of which kernelspec."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.checks import kernels
from ipymod.checks.base import REGISTRY
from ipymod.checks.kernelspecs import deleting, file
from ipymod.facts.everything import Facts
from ipymod.facts.kernels import Launch, Server
from ipymod.registry import Severity
from ipymod.report.redact import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipymod.kernelspecs.model import Entry, Listing
    from ipymod.registry import Problem

__all__ = ["judged", "kernels"]  # importing the family is what fills the registry

OF_THE_LIST = ("WP201", "WP202", "WP203", "WP204", "WP205", "WP206", "WP209")
OF_A_KERNEL = ("WP210", "WP211", "WP212")
OF_IMPORTS = ("WP310", "WP311")
_ORDER = list(Severity)


def judged(listing: Listing) -> Listing:
    """The same with what is wrong with each kernelspec; secrets are gone from that."""
    found = _of_the_list(listing)
    entries = []
    for entry in listing.entries:
        problems = [*_about(entry, found), *_of_a_kernel(entry, listing)]
        told = [_mendable(each, entry, listing) for each in problems]
        entries.append(replace(entry, problems=_ordered(told)))
    return replace(listing, entries=tuple(entries))


def _mendable(problem: Problem, entry: Entry, listing: Listing) -> Problem:
    """The same with a command that works where no Jupyter is that could remove a kernel."""
    if listing.has_client or " kernelspec remove " not in problem.fix:
        return problem
    directory = problem.evidence.get("used", entry.spec.directory)
    return replace(problem, fix=deleting(directory, listing.jupyter))


def again(entry: Entry, listing: Listing, code: str) -> Entry:
    """An entry whose facts a run has changed, with what one check says of it now."""
    specs = replace(listing.kernelspecs, specs=(entry.spec,))
    changed = replace(listing, kernelspecs=specs)
    found = [each for each in _of_the_list(changed) if each.code == code]
    others = [each for each in entry.problems if each.code != code]
    return replace(entry, problems=_ordered([*found, *others]))


def spoilt_imports(entry: Entry) -> Entry:
    """An entry with the files that take the place of modules which a kernel needs."""
    if entry.kernel is None or entry.imports is None:
        return entry
    from ipymod.checks import REGISTRY as ALL

    facts = Facts(entry.kernel, imports=entry.imports)
    found = ALL.judge(facts, OF_IMPORTS).problems
    errors = [each for each in found if each.severity is Severity.ERROR]
    return replace(entry, problems=_ordered([*entry.problems, *errors]))


def _of_the_list(listing: Listing) -> Sequence[Problem]:
    """What the kernelspecs are to each other, and to any server of this Jupyter."""
    jupyter = listing.jupyter
    server = Server(0, found=True, python=jupyter.executable, environment=jupyter.environment)
    facts = Facts(jupyter, kernelspecs=listing.kernelspecs, server=server)
    return _problems(facts, OF_THE_LIST)


def _of_a_kernel(entry: Entry, listing: Listing) -> Sequence[Problem]:
    """What the kernel would meet that it starts; a hidden one meets nothing."""
    if entry.kernel is None or entry.spec.shadowed_by:
        return ()
    specs = replace(listing.kernelspecs, launch=entry.launch or Launch())
    facts = Facts(entry.kernel, kernelspecs=specs, server=entry.server, imports=entry.imports)
    return _problems(facts, OF_A_KERNEL)


def _problems(facts: Facts, codes: Sequence[str]) -> Sequence[Problem]:
    return REGISTRY.judge(facts, codes).problems


def _about(entry: Entry, problems: Iterable[Problem]) -> list[Problem]:
    marks = {entry.spec.directory, file(entry.spec)["kernelspec"]}
    named = ("kernelspec", "hidden")
    return [each for each in problems if any(each.evidence.get(name) in marks for name in named)]


def _ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    ordered = sorted(problems, key=lambda each: (_ORDER.index(each.severity), each.code))
    told: tuple[Problem, ...] = redacted(tuple(ordered))
    return told
