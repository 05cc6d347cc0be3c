"""What `python -m NAME ARGS` would do, beside `python FILE ARGS`; nothing is imported or run."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass
from ipymod.modules import Found, is_frozen, locate, shadowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_MAIN = "__main__"


@dataclass(frozen=True)
class Script:
    """The same code started as `python FILE ARGS`; the attributes are those of `Explanation`.

    Attributes:
        note: why this does not work, or "".
    """

    argv: tuple[str, ...]
    path0: str
    argv0: str
    note: str
    imported: tuple[tuple[str, str | None], ...] = ()
    dunder_name: str = _MAIN
    package: str | None = None
    spec_name: str | None = None


@dataclass(frozen=True)
class Explanation:
    """What `python -m NAME ARGS` would do.

    Attributes:
        argv: the whole command.
        found: what the name means.
        runs: the file that becomes `__main__` (`frozen` without a source); None with a problem.
        problem: what Python would say, without the interpreter in front; "" if it runs.
        imported: name and file of what is imported first; a namespace has no file.
        dunder_name: `__name__`.
        package: `__package__`.
        spec_name: `__spec__.name`.
        path0: `sys.path[0]`.
        argv0: `sys.argv[0]`.
        hides: the module that a file in the working directory hides.
        script: the same for `python FILE`; None if nothing runs or there is no file.
    """

    argv: tuple[str, ...]
    found: Found
    runs: str | None
    problem: str
    imported: tuple[tuple[str, str | None], ...]
    package: str | None
    spec_name: str | None
    path0: str
    argv0: str | None
    hides: Found | None
    script: Script | None
    dunder_name: str = _MAIN

    def __str__(self) -> str:
        return "\n".join((*_text_table(_rows(self)), *_wrapped(_remarks(self))))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Give front ends both forms; IPython itself picks by `include` and `exclude`."""
        del include, exclude
        return {"text/plain": str(self), "text/html": _html(_rows(self), _remarks(self))}


def explain(
    name: str,
    args: Sequence[str],
    cwd: str,
    command: Sequence[str],
    safe_path: bool = False,  # noqa: FBT001, FBT002  says what -P says
) -> Explanation:
    """Explain a command before it is run.

    Args:
        name: the module, as after `-m`.
        args: what follows it.
        cwd: the working directory of the command.
        command: the interpreter and its flags.
        safe_path: whether the working directory stays off the path, as with -P; the flags
            -P and -I in `command` say it too.
    """
    safe = safe_path or not {"-P", "-I"}.isdisjoint(command)
    here = os.path.realpath(cwd)
    rest = _rest(here)
    path = rest if safe else [here, *rest]
    problem = _problem(name, path)
    target = name if problem else _target(name, path)
    runs = None if problem else locate(target, path).file or "frozen"
    path0 = path[0] if path else ""
    return Explanation(
        argv=(*command, "-m", name, *args),
        found=locate(name, path),
        runs=runs,
        problem=problem,
        imported=tuple(_imported(target, path)),
        package=target.rpartition(".")[0] if runs else None,
        spec_name=target if runs else None,
        path0=path0,
        argv0=("frozen" if _stays_frozen(target, command) else runs) if runs else None,
        hides=None if safe else shadowed(name, here, rest),
        script=_script(runs, here, (tuple(command), tuple(args)), path0 if safe else None),
    )


def _rest(here: str) -> list[str]:
    """Return this kernel's path without the working directory that `""` or `-m` put first."""
    entries = sys.path
    if entries and not sys.flags.safe_path and os.path.realpath(entries[0]) == here:
        entries = entries[1:]
    return [str(Path(entry).absolute()) for entry in entries if entry]


def _problem(name: str, path: Sequence[str]) -> str:
    """Return what `python -m` prints when it cannot run a module; its words are runpy's."""
    if name.startswith("."):
        return "Relative module names not supported"
    error = "ValueError: __main__.__spec__ is None" if name == _MAIN else _parent_error(name, path)
    if error:
        hint = f". Try using '{name[:-3]}' instead of '{name}' as the module name."
        said = f"Error while finding module specification for {name!r} ({error})"
        return said + (hint if name.endswith(".py") else "")
    found = locate(name, path)
    if found.kind == "missing":
        return f"No module named {name}"
    if found.kind in {"package", "namespace"}:
        return _package_problem(name, path)
    return f"No code object available for {name}" if found.kind in {"builtin", "extension"} else ""


def _parent_error(name: str, path: Sequence[str]) -> str:
    """Return the error of importing the parents, or ""."""
    parts = name.split(".")
    for end in range(1, len(parts)):
        parent, child = ".".join(parts[:end]), ".".join(parts[: end + 1])
        kind = _MAIN if parent == _MAIN else locate(parent, path).kind
        if kind == "missing":
            return f"ModuleNotFoundError: No module named {parent!r}"
        if kind not in {"package", "namespace"} and locate(child, path).kind == "missing":
            no_path = f"__path__ attribute not found on {parent!r} while trying to find {child!r}"
            no_package = f"No module named {child!r}; {parent!r} is not a package"
            return f"ModuleNotFoundError: {no_path if child == name else no_package}"
    return ""


def _package_problem(name: str, path: Sequence[str]) -> str:
    if name.endswith(f".{_MAIN}"):
        return "Cannot use package as __main__ module"
    inner = _problem(f"{name}.{_MAIN}", path)
    return inner and f"{inner}; {name!r} is a package and cannot be directly executed"


def _target(name: str, path: Sequence[str]) -> str:
    """Return the name of the module that runs: for a package, its `__main__`."""
    kind = locate(name, path).kind
    return f"{name}.{_MAIN}" if kind in {"package", "namespace"} else name


def _imported(target: str, path: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield what is imported on the way, also before it turns out that nothing can be run."""
    parts = target.split(".")
    packages = {"package", "namespace"}
    last = len(parts) + (locate(target, path).kind in packages and parts[-1] != _MAIN)
    for end in range(1, last):
        name = ".".join(parts[:end])
        found = locate(name, path)
        if found.kind == "missing" or not name.strip("."):
            return
        yield name, found.file


def _stays_frozen(target: str, command: Sequence[str]) -> bool:
    thawed = " ".join(command).replace("-X ", "-X")
    return is_frozen(target) and "-Xfrozen_modules=off" not in thawed


def _script(
    runs: str | None, here: str, around: tuple[tuple[str, ...], tuple[str, ...]], first: str | None
) -> Script | None:
    """Describe `python FILE`; `first` is `sys.path[0]` when a script's directory stays off it."""
    if runs is None or runs == "frozen":
        return None
    file = os.path.relpath(runs, here) if runs.startswith(here + os.sep) else runs
    command, args = around
    path0 = str(Path(os.path.realpath(runs)).parent) if first is None else first
    return Script((*command, file, *args), path0, file, _note(runs))


def _note(file: str) -> str:
    if not Path(file).is_file():
        return f"python FILE cannot run {file}: it lies inside an archive."
    line = _relative_import(file)
    if not line:
        return ""
    return (
        f"python FILE fails in line {line}, a relative import:"
        " ImportError: attempted relative import with no known parent package."
    )


def _relative_import(file: str) -> int | None:
    """Return the line of the first relative import in a source file."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of doubtful escapes in the code of others
            nodes = list(ast.walk(ast.parse(Path(file).read_bytes())))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    lines = [node.lineno for node in nodes if isinstance(node, ast.ImportFrom) and node.level]
    return min(lines, default=None)


def _rows(shown: Explanation) -> list[tuple[str, ...]]:
    """Return the table: a label, then a cell for each of the two ways; cells may have lines."""
    columns: list[Explanation | Script] = [shown]
    if shown.script:
        columns.append(shown.script)
    rows = [("", *("python -m NAME", "python FILE")[: len(columns)])]
    rows.append(("command", *(_joined(column.argv) for column in columns)))
    rows.append(("imports first", *(_imports(column.imported) for column in columns)))
    if shown.runs is None:
        return rows
    rows.insert(2, ("runs", *(shown.runs for _ in columns)))
    rows.append(("__name__", *(repr(column.dunder_name) for column in columns)))
    rows.append(("__package__", *(repr(column.package) for column in columns)))
    specs = ("__spec__.name", *(repr(column.spec_name) for column in columns))
    rows.append((*specs[:2], *("no __spec__" for _ in specs[2:])))
    rows.append(("sys.path[0]", *(column.path0 for column in columns)))
    rows.append(("sys.argv[0]", *(column.argv0 or "" for column in columns)))
    return rows


def _joined(argv: Iterable[str]) -> str:
    if os.name == "nt":
        from subprocess import list2cmdline

        return list2cmdline(list(argv))
    import shlex

    return shlex.join(argv)


def _imports(imported: Iterable[tuple[str, str | None]]) -> str:
    return "\n".join(f"{name} ({file or 'no file'})" for name, file in imported) or "nothing"


def _remarks(shown: Explanation) -> list[str]:
    remarks = [f"Python says: {shown.problem}"] if shown.problem else []
    if shown.script and shown.script.note:
        remarks.append(shown.script.note)
    if shown.hides:
        place = shown.hides.file or shown.hides.kind
        remarks.append(
            f"A file in the working directory hides the module {shown.hides.name} of {place};"
            " python -P -m leaves the working directory out."
        )
    return remarks


def _text_table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Lay the cells out in columns, as narrow as their content allows."""
    from itertools import zip_longest

    cells = [[cell.split("\n") for cell in row] for row in rows]
    widths = [
        max(len(line) for cell in column for line in cell) for column in zip(*cells, strict=True)
    ]
    for row in cells:
        for lines in zip_longest(*row, fillvalue=""):
            padded = (line.ljust(width) for line, width in zip(lines, widths, strict=True))
            yield "  ".join(padded).rstrip()


def _wrapped(remarks: list[str]) -> Iterator[str]:
    from textwrap import wrap

    for remark in remarks:
        yield ""
        yield from wrap(remark, 80, break_long_words=False, break_on_hyphens=False)


def _html(rows: list[tuple[str, ...]], remarks: list[str]) -> str:
    from html import escape

    def row(label: str, cells: Iterable[str], tag: str) -> str:
        # a long path may be broken behind each slash, or the last column is out of sight
        drawn = (escape(cell).replace(os.sep, f"{os.sep}<wbr>") for cell in cells)
        inner = (f"<{tag}>{cell}</{tag}>".replace("\n", "<br>") for cell in drawn)
        return f"<tr><th>{escape(label)}</th>{''.join(inner)}</tr>"

    head, *body = rows
    lines = "".join(row(label, cells, "td") for label, *cells in body)
    table = f"<thead>{row(head[0], head[1:], 'th')}</thead><tbody>{lines}</tbody>"
    return f"<table>{table}</table>" + "".join(f"<p>{escape(remark)}</p>" for remark in remarks)
