"""GATHER: what an install changed, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.refresh.change import Change
    from ipymod.refresh.step import Step


def sentence(change: Change) -> str | None:
    """Say whether the kernel needs a restart, and for what; None if nothing changed.

    The worst is named first, and the rest is counted.
    """
    stale = sorted((step for step in change.steps if _is_stale(step)), key=_by_weight)
    removed = sorted((step for step in change.steps if _is_removed(step)), key=_by_weight)
    ready = sorted((step for step in change.steps if _is_ready(step)), key=_by_request)
    parts = [_restart(stale), _ready(ready, alone=not stale), _removed(removed)]
    if removed and not (stale or ready or removed[0].weight):
        return f"{parts[-1]}, no restart needed"
    return "; ".join(filter(None, parts)) or None


def _is_removed(step: Step) -> bool:
    return bool(step.old) and not step.new and not (step.changed or step.libraries)


def _is_stale(step: Step) -> bool:
    return step.weight > 0 and not _is_removed(step)


def _is_ready(step: Step) -> bool:
    return step.weight == 0 and bool(step.new)


def _by_weight(step: Step) -> tuple[int, str]:
    return -step.weight, step.title


def _by_request(step: Step) -> tuple[bool, str]:
    return not step.requested, step.title


def _restart(steps: Sequence[Step]) -> str:
    if not steps:
        return ""
    first, rest = steps[0], steps[1:]
    also = f" (and {sum(step.weight for step in rest)} of {_others(rest)})" if rest else ""
    return f"restart the kernel: {_named(first)}, {_counted(first)}{also}"


def _counted(step: Step) -> str:
    """How many of its loaded modules changed; those that a new version has not are among them."""
    if step.is_python:
        return "which runs it"
    lost = step.gone and not step.changed and step.old == step.new
    modules = len(step.changed) + len(step.gone)
    if not modules:
        return f"{len(step.libraries)} of its loaded libraries changed"
    return f"{modules} of its loaded modules {_verb(modules) if lost else 'changed'}"


def _verb(modules: int) -> str:
    return "is gone" if modules == 1 else "are gone"


def _ready(steps: Sequence[Step], *, alone: bool) -> str:
    if not steps:
        return ""
    verb = "is" if len(steps) == 1 else "are"
    return f"{_several(steps)} {verb} ready{', no restart needed' if alone else ''}"


def _removed(steps: Sequence[Step]) -> str:
    if not steps:
        return ""
    verb = "is" if len(steps) == 1 else "are"
    modules = sum(step.weight for step in steps)
    text = f"{_several(steps)} {verb} removed"
    if not modules:
        return text
    whose = "its" if len(steps) == 1 else "their"
    stay = "stays" if modules == 1 else "stay"
    return f"{text}, {modules} of {whose} modules {stay} in memory until a restart"


def _several(steps: Sequence[Step]) -> str:
    rest = f" and {_others(steps[1:])}" if len(steps) > 1 else ""
    return f"{_named(steps[0])}{rest}"


def _others(steps: Sequence[Step]) -> str:
    return f"{len(steps)} other{'s' if len(steps) > 1 else ''}"


def _named(step: Step) -> str:
    if step.old and step.new and step.old != step.new:
        return f"{step.title} {step.old} -> {step.new}"
    if step.old and not step.new and (step.changed or step.libraries):
        return f"{step.title} {step.old} (removed)"
    return f"{step.title} {step.new or step.old}".rstrip(" ?")
