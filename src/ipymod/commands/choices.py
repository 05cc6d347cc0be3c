"""FACE: which notebooks, which rules, and which environment: words that lint and fix share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from ipymod.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from ipymod.commands.parser import Parser
    from ipymod.lint.linting import Linter
    from ipymod.lint.settings import Settings
    from ipymod.lint.targets import Target
    from ipymod.notebooks.find import Walk

TARGETS = ("binder", "jupyterlite", "colab")


def add_paths(options: Parser) -> None:
    """Let a command be told which notebooks."""
    add = options.add_argument
    add("paths", metavar="PATH", nargs="*", default=["."], help="notebooks or folders (default: .)")
    add(
        "--exclude",
        metavar="PATTERN",
        action="append",
        default=[],
        help="pass over what fits a line of a .gitignore",
    )


def add_choices(options: Parser) -> None:
    """Let a command be told which notebooks, and which rules."""
    add_paths(options)
    options.add_argument(
        "--force-exclude",
        action="store_true",
        help="pass over what the project excludes, even where it is named (for pre-commit)",
    )
    for name, about in (("select", "look only for"), ("ignore", "leave out")):
        options.add_argument(
            f"--{name}",
            metavar="CODES",
            action="append",
            default=[],
            type=_codes,
            help=f"{about} these codes, beginnings of codes, or families: NB101,NB2,imports",
        )


def add_environments(options: Parser) -> None:
    """Let a command be told what the imports are compared with."""
    which = options.add_mutually_exclusive_group()
    which.add_argument("--kernel", metavar="NAME", help="tell the imports that this kernel lacks")
    which.add_argument("--python", metavar="PATH", help="those that this Python lacks")
    which.add_argument(
        "--target",
        metavar="PLACE",
        choices=TARGETS,
        help=f"those that a place lacks: {', '.join(TARGETS)}",
    )


def _codes(text: str) -> list[str]:
    return [word for word in text.replace(",", " ").split() if word]


def _flat(lists: Iterable[list[str]]) -> tuple[str, ...]:
    return tuple(word for each in lists for word in each)


def check_selection(asked: Namespace) -> None:
    """Refuse codes that there are not, before any notebook is read.

    Raises:
        UsageError: a word names no rule.
    """
    from ipymod.lint.linting import chosen

    chosen(_flat(asked.select), _flat(asked.ignore))


def walks(asked: Namespace) -> list[tuple[Settings, Walk]]:
    """Give the notebooks, those together for which one project speaks.

    Raises:
        UsageError: a path is not there, or the settings of its project cannot be meant.
    """
    from ipymod.lint.settings import settings_of
    from ipymod.notebooks.find import find

    found: dict[str, tuple[Settings, list[str]]] = {}
    for path in asked.paths:
        settings = settings_of(path)
        told = found.setdefault(settings.file, (settings, []))
        if not (asked.force_exclude and _is_excluded(path, settings)):
            told[1].append(path)
    return [
        (settings, find(paths, (*settings.exclude, *asked.exclude), settings.folder))
        for settings, paths in found.values()
        if paths
    ]


def _is_excluded(path: str, settings: Settings) -> bool:
    from ipymod.notebooks.ignored import Ignored

    lines = Ignored(os.path.realpath(settings.folder), "\n".join(settings.exclude))
    return lines.cover(os.path.realpath(path))


def linter_of(asked: Namespace, settings: Settings) -> Linter:
    """Give what judges the notebooks: what is typed goes before what the project says.

    Raises:
        UsageError: the settings name a rule that there is not.
    """
    from ipymod.lint.linting import Linter, chosen

    select, ignore = _flat(asked.select), _flat(asked.ignore)
    try:
        checks = chosen(
            select or settings.select,
            (*settings.ignore, *ignore) if not select else ignore,
            () if select else settings.extend_select,
        )
        per_file = {word for words in settings.per_file_ignores.values() for word in words}
        chosen((), tuple(per_file))
    except UsageError as error:
        raise UsageError(f"{settings.file}: {error}") from error
    to: Literal["pip", "pymod"] = "pip"
    if "pymod" in (getattr(asked, "to", None) or settings.to):
        to = "pymod"
    ignored = settings.ignored_in if per_file else None
    return Linter(checks, to, _target(asked, settings), ignored)


def _target(asked: Namespace, settings: Settings) -> Target | None:
    """The environment that is named on the line, else the one of the settings."""
    typed = tuple(getattr(asked, name, None) or "" for name in ("kernel", "python", "target"))
    kernel, python, target = typed if any(typed) else _of_settings(asked, settings)
    if kernel or python:
        return _of_this_machine(kernel, python)
    if not target:
        return None
    if target == "binder":
        from ipymod.commands.on_binder import target_of

        return target_of(asked.paths[0])
    from ipymod.lint.targets import places

    return places.colab() if target == "colab" else places.jupyterlite()


def _of_settings(asked: Namespace, settings: Settings) -> tuple[str, str, str]:
    if not hasattr(asked, "target"):
        return "", "", ""
    python = os.path.join(settings.folder, settings.python) if settings.python else ""
    return settings.kernel, python, settings.target


def _of_this_machine(kernel: str, python: str) -> Target:
    from ipymod.commands.whichpip import of_kernelspec, of_python
    from ipymod.launchers import Surroundings
    from ipymod.lint.targets.environment import of_kernel

    here = Surroundings.now()
    if kernel:
        return of_kernel(of_kernelspec(kernel, here), f"the kernel {kernel}")
    return of_kernel(of_python(python, here), f"the environment of {python}")
