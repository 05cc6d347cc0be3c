"""JUDGE: commands of a cell that may act on another environment than the kernel's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.edits import Edit
from ipymod.lint.base import INFO, REGISTRY, WARNING, At, Finding
from ipymod.lint.examples import code
from ipymod.lint.own_python import with_sys
from ipymod.lint.splitting import taken_apart
from ipymod.patterns import pattern
from ipymod.shell import aim, safe_form
from ipymod.shell.fields import fields
from ipymod.shell.fixes import form_of
from ipymod.shell.wrappers import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal

    from ipymod.lint.facts import Line
    from ipymod.notebooks.model import Notebook
    from ipymod.shell import Call

_OF_A_VERSION = pattern(r"(?:python|pip)(?:2(?:\.\d+)?|3\.\d+)")
_VARIABLE = pattern(r"\$[\w.{]")
_MADE_HERE = ("/content/", "/kaggle/working/")  # where notebooks of Colab and Kaggle make things
_MAKERS = frozenset({"venv", "virtualenv", "create"})
_PYTHONS = pattern(r"%%(?:script[ \t]+(?:--\w+ )*)?(python[23]?)\b")


def astray(lines: Iterable[Line], program: str) -> Iterator[tuple[Line, Call]]:
    """Give the calls whose word alone decides which environment they are about."""
    for line in lines:
        for call in () if line.reading.program else line.reading.calls:
            if call.program != program:
                continue
            is_meant = call.is_this_python or call.after or aim(call) in {"named", "none"}
            if not is_meant and not is_of_one_machine(call):
                yield line, call


def is_of_one_machine(call: Call) -> bool:
    """Tell whether a Python or a pip is called by its path, or by its version."""
    name = name_of(call.executable)
    is_python = call.program in {"python", "pip"}
    return is_python and (name != call.executable.text or bool(_OF_A_VERSION.fullmatch(name)))


def at(line: Line, call: Call, edits: tuple[Edit, ...] = (), *, is_safe: bool = False) -> At:
    """Where a call stands in its notebook."""
    start = line.at(call.executable.start)
    number = line.cell.source.count("\n", 0, start) + 1
    return At(line.cell.index, number, edits if line.is_fixable else (), is_safe)


@REGISTRY.check("NB101", "commands", WARNING, example=code("!pip install seaborn"))
def pip_of_the_path(lines: tuple[Line, ...], to: Literal["pip", "pymod"]) -> Iterator[Finding]:
    """A cell calls the first pip on PATH, which need not be that of the kernel.

    A line that begins with `!` goes to a shell, and the shell takes the first `pip` on its PATH.
    That pip installs for its own Python: started from another environment, or on another machine,
    the notebook installs one place and imports from another. `%pip` is the pip of the kernel.
    """
    for line, call in astray(lines, "pip"):
        if line.shell.kind == "bare":
            continue
        magic = _to_magic(line, call, to)
        verb = f"pip {call.verb}".strip()
        yield Finding(
            f"`{verb}` here is that of the first {name_of(call.executable)} on PATH, "
            "which may not be the kernel's",
            fix=f"%{'pymod ' if to == 'pymod' else ''}{verb} ...",
            at=at(line, call, magic or taken_apart(line, to), is_safe=bool(magic)),
        )


def _to_magic(line: Line, call: Call, to: Literal["pip", "pymod"]) -> tuple[Edit, ...]:
    """Make a magic of a line; none where that is not provably the same."""
    text, start = line.shell.text, line.shell.escape.start
    if line.shell.kind != "line" or len(line.reading.calls) != 1:
        return ()
    is_read = text == text.strip()  # then the places in the call are those in the text
    form = form_of(call, text, to=to) if is_read else safe_form(text, to=to)
    if form is None:
        return ()
    magic = _magic_of(form, to)
    begins = len(text.rstrip()) - len(form.removeprefix(magic))
    return (Edit(start, line.shell.at(begins), magic),)


def _magic_of(form: str, to: Literal["pip", "pymod"]) -> str:
    if to == "pip":
        return "%pip"
    return "%pymod pip" if form.startswith("%pymod pip") else "%pymod "


@REGISTRY.check("NB102", "commands", WARNING, example=code("!python train.py"))
def python_of_the_path(
    lines: tuple[Line, ...], python: Notebook, to: Literal["pip", "pymod"]
) -> Iterator[Finding]:
    """A cell runs the first Python on PATH, which need not be that of the kernel.

    `!python script.py` runs with the packages of whatever Python the shell finds first; the
    script fails on an import that works in the next cell. `{sys.executable}` in place of `python`
    is the kernel's own interpreter, and `%pymod NAME` runs a module with it.
    """
    for line, call in astray(lines, "python"):
        edits = _to_magic(line, call, to) if to == "pymod" else ()
        yield Finding(
            f"`{call.executable.text}` here is the first one on PATH, "
            "which may not be the kernel's interpreter",
            fix="!{sys.executable} ...",
            at=at(line, call, edits or _to_own_python(line, call, python), is_safe=bool(edits)),
        )
    yield from _cells_of_python(python)


def _to_own_python(line: Line, call: Call, python: Notebook) -> tuple[Edit, ...]:
    word = call.executable
    is_plain = line.shell.kind == "line" and word.source in {"python", "python3"}
    if not is_plain or not _is_expanded(line.shell.text):
        return ()
    start, end = line.shell.at(word.start), line.shell.at(word.end)
    own = Edit(start, end, "{sys.executable}")
    return (*with_sys(line.cell, line.shell.escape.start, python), own)


def _is_expanded(text: str) -> bool:
    """Tell whether IPython will replace an expression in it: it replaces all of them or none.

    A variable of the shell, or a brace that holds no Python, keeps it from replacing any.
    """
    has_brace = "{" in text or "}" in text
    return not _VARIABLE.search(text) and (not has_brace or bool(fields(text)))


def _cells_of_python(python: Notebook) -> Iterator[Finding]:
    for cell in python.code:
        found = _PYTHONS.match(cell.source.lstrip()) if "%%" in cell.source else None
        if found:
            yield Finding(
                f"`%%{found[1]}` runs the first {found[1]} on PATH, "
                "which may not be the kernel's interpreter",
                fix="%%pymod -",
                at=At(cell.index, cell.source[: cell.source.find("%%")].count("\n") + 1),
            )


@REGISTRY.check("NB103", "commands", WARNING, example=code("pip install seaborn"))
def pip_without_a_sign(lines: tuple[Line, ...]) -> Iterator[Finding]:
    """A cell calls pip without a sign in front, which is no Python.

    IPython takes such a line for `%pip` as long as its automagic is on and no variable has that
    name. Elsewhere it is a syntax error, and so it is for every tool that reads notebooks.
    """
    for line in lines:
        if line.shell.kind == "bare":
            name = line.shell.text.split()[0]
            start = line.shell.escape.start
            edits = (Edit(start, start, "%"),) if name == "pip" and line.is_fixable else ()
            yield Finding(
                f"`{name}` stands without a sign: IPython alone may take it for %{name}",
                fix=f"%{line.shell.text.strip()}",
                at=At(line.cell.index, line.shell.line, edits, is_safe=True),
            )


@REGISTRY.check("NB104", "commands", WARNING, example=code("!conda install -y seaborn"))
def conda_of_the_path(lines: tuple[Line, ...]) -> Iterator[Finding]:
    """A cell calls conda, which acts on the environment that is active, not on the kernel's.

    Which environment is active was decided where Jupyter was started. Where the kernel is
    another one, conda changes an environment that the notebook does not use. `%conda` names the
    kernel's own.
    """
    for line, call in astray(lines, "conda"):
        if line.shell.kind == "bare":
            continue
        yield Finding(
            f"`{call.executable.text} {call.verb}` here acts on the active environment, "
            "which may not be the kernel's",
            fix=f"%conda {call.verb} ...",
            at=at(line, call),
        )


@REGISTRY.check("NB105", "commands", WARNING, example=code("!uv pip install seaborn"))
def uv_of_the_folder(lines: tuple[Line, ...]) -> Iterator[Finding]:
    """A cell calls uv, which takes the environment of the folder or of the shell.

    uv looks for VIRTUAL_ENV, for an active conda environment, for a `.venv` from the folder
    upwards; with `--system` it takes the first Python on PATH. None of these need be the kernel's.
    """
    for program in ("uv pip", "uv"):
        for line, call in astray(lines, program):
            if line.shell.kind == "bare":
                continue
            fix = f"!uv pip {call.verb} --python {{sys.executable}} ..."
            yield Finding(
                f"`{program} {call.verb}` here acts on the environment that uv finds, "
                "which may not be the kernel's",
                fix=fix if program == "uv pip" else "",
                severity=None if program == "uv pip" else INFO,  # which a project may want so
                at=at(line, call),
            )


@REGISTRY.check("NB106", "commands", WARNING, example=code("!/usr/bin/python3 train.py"))
def interpreter_of_one_machine(lines: tuple[Line, ...]) -> Iterator[Finding]:
    """A cell calls a Python or a pip by its path, or by its version.

    The path exists on one machine, and the environment there is not the kernel's; `python3.9`
    is another Python as soon as the kernel is a newer one. `{sys.executable}` is right everywhere.
    """
    for line in lines:
        for call in line.reading.calls:
            text = call.executable.text
            is_found = text.startswith(("/", "~/", "C:")) or "/" not in text
            is_own = call.is_this_python or text.startswith(_MADE_HERE)
            if not is_of_one_machine(call) or not is_found or is_own or aim(call) == "none":
                continue
            if not _is_made_here(text, lines):
                what = "a path of one machine" if "/" in text else "one version of Python"
                yield Finding(
                    f"`{text}` is {what}, and not the kernel's interpreter",
                    fix="%pip ..." if call.program == "pip" else "!{sys.executable} ...",
                    at=at(line, call),
                )


def _is_made_here(path: str, lines: tuple[Line, ...]) -> bool:
    """Tell whether a line of the same notebook makes the environment that a path leads into."""
    prefix = path.partition("/bin/")[0]
    texts = [line.reading.text.split() for line in lines if prefix in line.reading.text]
    return any(
        any(word.strip("\"';").rstrip("/") == prefix for word in words)
        and any(word in _MAKERS or word.endswith(".sh") for word in words)
        for words in texts
    )
