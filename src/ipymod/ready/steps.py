"""JUDGE: what to type so that a Python becomes ready: as few lines as possible."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.ready.line import slug
from ipymod.ready.seen import STOPS_PIP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.ready.check import Check
    from ipymod.ready.judge import Thing
    from ipymod.ready.seen import Seen

_PLAIN = pattern(r"[\w.,/:@%+-]+")
_OURS = ("%pymod", "%whichpip")
_LOAD = "%load_ext ipymod"
_FROM_INDEX = "this downloads from the package index"


@dataclass(frozen=True)
class Step:
    """Something to do.

    Attributes:
        words: what it is.
        lines: to type, in a cell or a terminal; none if it is done otherwise.
    """

    words: str
    lines: tuple[str, ...] = ()


def steps(check: Check, path: str, seen: Seen, things: tuple[Thing, ...]) -> tuple[Step, ...]:
    """Give what to do, in order; nothing if all is ready.

    Args:
        check: what the course needs.
        path: of its file, as it was typed.
        seen: what is here.
        things: what is not so.
    """
    if not things:
        return ()
    told = tuple(_Writer(check, path, seen, things).steps())
    return told if seen.has_magics else tuple(_loading(told))


def _loading(steps: Iterable[Step]) -> Iterator[Step]:
    """The same, with a line before the first of our magics that makes them known."""
    is_loaded = False
    for step in steps:
        lines = step.lines
        if not is_loaded and any(line.startswith(_OURS) for line in lines):
            is_loaded = True
            lines = lines if _LOAD in lines else (_LOAD, *lines)
        yield Step(step.words, lines)


class _Writer:
    """Writes lines for a cell, or for a terminal."""

    def __init__(self, check: Check, path: str, seen: Seen, things: tuple[Thing, ...]) -> None:
        self._check = check
        self._path = path
        self._seen = seen
        self._things = things
        self._is_cell = seen.kernel.running
        self._is_windows = seen.kernel.system == "Windows"

    def steps(self) -> Iterator[Step]:
        yield from self._rename()
        is_apart = bool(self._of("python"))
        to_install = self._to_install()
        is_apart = is_apart or (bool(to_install) and self._is_closed())
        yield from self._apart() if is_apart else self._install()
        yield from self._unknown()
        yield from self._fetch()
        yield from self._again(is_apart=is_apart)

    def _of(self, *actions: str) -> list[Thing]:
        return [each for each in self._things if each.action in actions]

    def _to_install(self) -> list[Thing]:
        return [
            each
            for each in self._of("install", "reinstall", "rename")
            if each.action != "rename" or each.hides_wrong
        ]

    def _is_closed(self) -> bool:
        return bool(self._seen.closed) and not self._seen.takes_user

    # -- into this environment

    def _install(self) -> Iterator[Step]:
        wanted, broken = self._to_install(), self._of("reinstall")
        if not wanted:
            return
        yield from self._before()
        plain = [each for each in wanted if each not in broken]
        lines = [] if self._seen.pip or self._seen.uv else [self._module("ensurepip")]
        lines += [self._pip(plain)] if plain else []
        lines += [self._pip(broken, "--force-reinstall", "--no-deps")] if broken else []
        yield Step(f"Install what is needed; {_FROM_INDEX}:", tuple(lines))

    def _before(self) -> Iterator[Step]:
        """What would keep pip from installing, or send it elsewhere."""
        for problem in self._seen.problems:
            if problem.code in STOPS_PIP:
                lines = tuple(filter(None, problem.fix.split("\n")))
                yield Step(f"First, as {problem.message}:", lines)

    def _pip(self, things: Iterable[Thing], *options: str) -> str:
        words = [each.need.requirement for each in things if each.need]
        if not self._seen.pip and self._seen.uv:
            given = [word.replace("--force-reinstall", "--reinstall") for word in options]
            python = self._quoted(self._seen.kernel.executable)
            start = f"{'!' if self._is_cell else ''}uv pip install --python {python}"
            return " ".join([start, *given, *map(quoted, words)])
        user = ["--user"] if self._seen.closed else []
        return self._module("pip install", *user, *options, *words)

    def _module(self, name: str, *words: str) -> str:
        python = self._quoted(self._seen.kernel.executable)
        start = "%pymod" if self._is_cell else f"{python} -m"
        return " ".join([start, name, *map(quoted, words)])

    def _quoted(self, path: str) -> str:
        """A path for a shell; PowerShell would show one in quotes, and start no program."""
        if self._is_windows or not re.search(r"[\"'$`\\!]", path):
            return path if re.fullmatch(r"[\w.,/:@%+\\~-]+", path) else f'"{path}"'
        return shlex.quote(path)

    # -- into an environment of its own

    def _apart(self) -> Iterator[Step]:
        if self._fitting():
            names = ", ".join(dict.fromkeys(self._fitting()))
            yield Step(f"Choose a kernel whose Python fits, in the menu Kernel: {names}")
            return
        made = list(self._made())
        if not made:
            yield Step(
                f"Install Python {self._check.python}, or ask your instructor for a kernel of it."
            )
            return
        yield from self._before()
        name = slug(self._check.name)
        needs = [
            need.requirement for need in self._seen.needs if need.requirement and not need.optional
        ]
        wanted = " ".join(map(quoted, [self._check.install, "ipykernel", *needs]))
        register = f"-m ipykernel install --user --name {name} --display-name {name}"
        sign = "!" if self._is_cell else ""
        python = f"{sign}{self._quoted(self._python)}"
        lines = [*made, f"{python} -m pip install {wanted}", f"{python} {register}"]
        yield Step(f"{self._why()}; {_FROM_INDEX}:", tuple(lines))

    def _fitting(self) -> tuple[str, ...]:
        """The kernels that are here already and have a Python of the course."""
        return self._seen.fitting if self._of("python") else ()

    def _why(self) -> str:
        if self._of("python"):
            return f"Make an environment with Python {self._check.python}"
        if self._seen.closed == "managed":
            return "The operating system owns this Python, so make an environment of your own"
        return (
            "You may not install into this Python: ask who runs it for what is missing, or make an "
            "environment of your own"
        )

    @property
    def _prefix(self) -> str:
        sep = "\\" if self._is_windows else "/"
        return f"{self._seen.home.rstrip(sep)}{sep}.venvs{sep}{slug(self._check.name)}"

    @property
    def _python(self) -> str:
        return (
            f"{self._prefix}\\Scripts\\python.exe"
            if self._is_windows
            else f"{self._prefix}/bin/python"
        )

    def _made(self) -> Iterator[str]:
        """The lines that make the environment; none if it takes a Python that is not here."""
        place = self._quoted(self._prefix)
        if not self._of("python"):
            if not self._seen.has_venv and not self._is_windows:
                yield f"{'!' if self._is_cell else ''}sudo apt install python3-venv"
            yield self._module("venv", self._prefix)
            return
        python = quoted(self._check.python)
        if self._seen.uv:
            yield f"{'!' if self._is_cell else ''}uv venv --seed --python {python} {place}"
        elif not self._is_closed() and self._seen.pip:
            yield self._module("pip install", "uv")
            yield f"{self._module('uv venv')} --seed --python {python} {place}"

    # -- what is not installed

    def _rename(self) -> Iterator[Step]:
        things = self._of("rename")
        if things:
            yield Step("Give your own file another name:", tuple(map(self._renamed, things)))

    def _renamed(self, thing: Thing) -> str:
        if self._is_cell:
            return f"import os; os.rename({thing.file!r}, {f'my_{thing.file}'!r})"
        folder = re.fullmatch(r"(.*[/\\])?.*", self._path)[1] or ""  # type: ignore[index]  # anything fits
        old, new = self._quoted(folder + thing.file), f"my_{thing.file}"
        return f"ren {old} {new}" if self._is_windows else f"mv {old} {self._quoted(folder + new)}"

    def _unknown(self) -> Iterator[Step]:
        names = [each.title for each in self._of("")]
        if names:
            yield Step(
                f"Ask your instructor what brings {', '.join(names)}; the check does not tell."
            )

    def _fetch(self) -> Iterator[Step]:
        things = self._of("fetch")
        if things:
            names = ", ".join(each.title for each in things)
            yield Step(f"Fetch the course again; this is missing in {self._seen.folder}: {names}")

    # -- the end

    def _again(self, *, is_apart: bool) -> Iterator[Step]:
        path = self._quoted(self._path)
        if self._fitting():
            yield Step("Then in a cell of that kernel:", (f"%run {path}",))
            return
        if not self._is_cell:
            python = self._python if is_apart else self._seen.kernel.executable
            named = f"; in Jupyter, this kernel is {slug(self._check.name)}" if is_apart else ""
            again = f"{self._quoted(python)} -m ipymod ready {path}"
            yield Step(f"Then see again{named}:", (again,))
            return
        again = f"%whichpip --ready {path}"
        if is_apart:
            name = slug(self._check.name)
            told = f"Then choose the kernel {name} in the menu Kernel, and see again:"
            yield Step(told, (_LOAD, again))
        elif self._is_stale():
            yield Step("Then restart the kernel, and see again:", (_LOAD, again))
        else:
            yield Step("Then see again:", (again,))

    def _is_stale(self) -> bool:
        """Whether the kernel has loaded what is about to change."""
        changed = [each.need for each in self._of("install", "reinstall", "rename") if each.need]
        return any(name in self._seen.loaded for need in changed for name in need.modules)


def quoted(word: str) -> str:
    """A word as a shell, and `%pymod`, take it for one; what a check holds fits into quotes."""
    return word if _PLAIN.fullmatch(word) else f'"{word}"'
