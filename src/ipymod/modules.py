"""GATHER: which module a name means, without importing or running anything.

A `Found` describes what a freshly started interpreter would find. The finders are asked in the
order of `sys.meta_path`: builtin modules, frozen modules, the path, then the finders of editable
installs. `importlib.util.find_spec` is no help here: for `a.b` it imports `a`.
"""

from __future__ import annotations

import _imp
import contextlib
import os
import re
import sys
from importlib.machinery import (
    BuiltinImporter,
    ExtensionFileLoader,
    FrozenImporter,
    ModuleSpec,
    NamespaceLoader,
    PathFinder,
)
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ipymod.frozen import dataclass
from ipymod.listing import (
    STDLIB,
    Listed,
    distribution_summary,
    docstring,
    has_guard,
    is_stdlib,
    listing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.abc import Loader


@dataclass(frozen=True)
class Found:
    """What a dotted name means to the import system.

    Attributes:
        name: the name that was asked for.
        kind: module, package, namespace, builtin, frozen, extension or missing.
        file: the file with its code; None for builtin, namespace and missing.
        parents: the `__init__` files that Python runs on the way, a package's own included.
        main: for a package, the file of its `__main__`; None if that cannot be run.
    """

    name: str
    kind: str
    file: str | None
    parents: tuple[str, ...]
    main: str | None


@dataclass(frozen=True)
class Runnable:
    """A module that `python -m` can run.

    Attributes:
        name: the full dotted name.
        summary: the first line of its docstring or of its distribution's metadata, or "".
        origin: "standard library", "installed", or "here" for the working directory.
    """

    name: str
    summary: str
    origin: str


def _frozen_names() -> frozenset[str]:
    """Return what an interpreter has compiled in, also when `-X frozen_modules=off` hides it.

    Kernels are often started with that flag, the commands that they start are not.
    """
    table: Any = _imp
    table._override_frozen_modules_for_tests(1)  # noqa: SLF001  no other way to see the list
    try:
        return frozenset(table._frozen_module_names())  # noqa: SLF001  likewise
    finally:
        table._override_frozen_modules_for_tests(0)  # noqa: SLF001  back to what the flag says


_FROZEN = _frozen_names()


def find(name: str, path: Sequence[str] | None = None) -> Found:
    """Find a module by its dotted name; never raises, never imports.

    A name that no import statement could say (`a-b`, `a..b`, `.a`) is missing, see `locate`.

    Args:
        name: a full dotted name.
        path: the directories and archives to look in; None means `sys.path`.
    """
    if all(part.isidentifier() for part in name.split(".")):
        return locate(name, path)
    return Found(name, "missing", None, (), None)


def locate(name: str, path: Sequence[str] | None = None) -> Found:
    """Find whatever `python -m name` would find: `my-script` is no identifier, yet it runs."""
    steps = list(_walk(name, path))
    spec = steps[-1]
    parents = tuple(
        file for step in steps if step and _inside(step) is not None and (file := _file(step))
    )
    if spec is None:
        return Found(name, "missing", None, parents, None)
    return Found(name, _kind(spec), _file(spec), parents, _main(name, spec))


def _walk(name: str, path: Sequence[str] | None) -> Iterator[ModuleSpec | None]:
    """Yield the spec of each package on the way and of the module; end with the first None."""
    inside: list[str] | None = list(sys.path if path is None else path)
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        spec = _spec(".".join(parts[:end]), inside)
        yield spec
        if spec is None:
            return
        inside = _inside(spec)


def _spec(name: str, path: list[str] | None) -> ModuleSpec | None:
    """Ask the finders; a path of None means that the parent is no package."""
    with contextlib.suppress(Exception):  # null bytes, broken archives, directories that vanish
        found = BuiltinImporter.find_spec(name) or _frozen(name)
        if found or path is None:
            return found
        # The last part alone: for a dotted one, a namespace looks for its parent in sys.modules.
        return PathFinder.find_spec(name.rpartition(".")[2], path) or _editable(name, path)
    return None


def _frozen(name: str) -> ModuleSpec | None:
    """Find a frozen module, even in a kernel that was started with `-X frozen_modules=off`."""
    if name not in _FROZEN:
        return None
    found = FrozenImporter.find_spec(name)
    if found or "." in name:
        return found
    thawed = PathFinder.find_spec(name, [STDLIB])
    if thawed and not thawed.submodule_search_locations:
        thawed.loader = cast("Loader", FrozenImporter)
    return thawed


def _editable(name: str, path: list[str]) -> ModuleSpec | None:
    """Ask the finders of setuptools' editable installs: they only look; others start a build."""
    for finder in sys.meta_path:
        if getattr(finder, "__module__", "").startswith("__editable__"):
            found = finder.find_spec(name, path)
            if found:
                return found
    return None


def _inside(spec: ModuleSpec) -> list[str] | None:
    """Return where the submodules of a package lie; None if it is no package."""
    locations = spec.submodule_search_locations
    return None if locations is None else list(locations)


def _kind(spec: ModuleSpec) -> str:
    if spec.submodule_search_locations is not None:
        nothing = spec.loader is None or isinstance(spec.loader, NamespaceLoader)
        return "namespace" if nothing else "package"
    loader: object = spec.loader
    if loader is BuiltinImporter:
        return "builtin"
    if loader is FrozenImporter:
        return "frozen"
    return "extension" if isinstance(loader, ExtensionFileLoader) else "module"


def _file(spec: ModuleSpec) -> str | None:
    if spec.has_location:
        return spec.origin
    return getattr(spec.loader_state, "filename", None)  # the source of a frozen module


def _main(name: str, spec: ModuleSpec) -> str | None:
    inside = _inside(spec)
    main = None if inside is None else _spec(f"{name}.__main__", inside)
    return _file(main) if main and _kind(main) == "module" else None


def is_frozen(name: str) -> bool:
    """Tell whether an interpreter has this module compiled in, so that no file can replace it."""
    return name in _FROZEN


def shadowed(name: str, cwd: str, path: Sequence[str]) -> Found | None:
    """Return the module that a file in the working directory hides from `python -m name`.

    Nothing is hidden by a directory without `__init__`, by a file that is itself what the path
    leads to, or behind the name of a builtin or frozen module: those win over every file.

    Args:
        name: a dotted name; its first part decides.
        cwd: the working directory, which `-m` puts first on the path.
        path: `sys.path`; entries that are `cwd` do not count.
    """
    top = name.partition(".")[0]
    here = find(top, [cwd])
    if here.kind not in {"module", "package", "extension"} or not here.file:
        return None
    rest = [entry for entry in path if entry and not _same(entry, cwd)]
    other = find(top, rest)
    hidden = other.kind != "missing" and not _same(other.file or "", here.file)
    return other if hidden else None


def _same(one: str, two: str) -> bool:
    """Compare two paths by what they lead to; never raises."""
    with contextlib.suppress(OSError, ValueError):
        return os.path.realpath(one) == os.path.realpath(two)
    return one == two


def nearest(name: str, limit: int = 3) -> list[str]:
    """Return up to `limit` importable names close to a misspelt one, the closest first.

    The first part that is missing gets mended, then the rest as far as it goes: `jsn.tol` gives
    `json.tool`. Case does not count, and a hyphen is an underscore.
    """
    parts = name.replace("-", "_").split(".")
    for end in range(1, len(parts) + 1):
        if find(".".join(parts[:end])).kind == "missing":
            fixed = _close(".".join(parts[: end - 1]), parts[end - 1], limit)
            return [_complete(better, parts[end:]) for better in fixed]
    mended = ".".join(parts)
    return [] if mended == name else [mended]


def _close(parent: str, part: str, limit: int) -> list[str]:
    from difflib import get_close_matches

    prefix = f"{parent}." if parent else ""
    known = {full[len(prefix) :].lower(): full for full in names(prefix)}
    return [known[match] for match in get_close_matches(part.lower(), known, n=limit, cutoff=0.7)]


def _complete(found: str, rest: list[str]) -> str:
    """Append the parts after a mended one, mended too, as far as they can be found."""
    if not rest:
        return found
    full = ".".join((found, *rest))
    if find(full).kind != "missing":
        return full
    return next(iter(nearest(full, 1)), found)


def names(prefix: str) -> list[str]:
    """Return the full names of the modules that begin with `prefix`, sorted.

    `http.` gives the submodules of http. Names with a leading underscore come only when the last
    part of the prefix has one; `__main__` and the test suites of the standard library never.
    """
    parent, dot, start = prefix.rpartition(".")
    listed = _submodules(parent) if dot else _top_level()
    return sorted(
        {
            parent + dot + each.name
            for each in listed
            if each.name.startswith(start) and (start.startswith("_") or each.name[0] != "_")
        }
    )


def _top_level() -> Iterator[Listed]:
    """Yield what can be imported without a dot, the winner of two equal names first."""
    yield from (Listed(name, "", "module") for name in sys.builtin_module_names)
    for entry in sys.path:
        yield from listing(entry)
    for name, file in _editable_names():
        if Path(file).is_dir():
            yield Listed(name, file, "package")
        else:
            yield Listed(name, str(Path(file).with_suffix(".py")), "module")


def _editable_names() -> Iterator[tuple[str, str]]:
    for finder in sys.meta_path:
        module = getattr(finder, "__module__", "")
        if module.startswith("__editable__"):
            mapping = getattr(sys.modules.get(module), "MAPPING", {})
            yield from ((name, file) for name, file in mapping.items() if "." not in name)


def _submodules(parent: str) -> Iterator[Listed]:
    *_, spec = _walk(parent, None)
    for entry in (_inside(spec) or ()) if spec else ():
        yield from listing(entry)


def runnables(pattern: str = "*") -> list[Runnable]:
    """List the modules that `python -m` can run, sorted by name; none of them is imported.

    A package counts when it has a `__main__`, a module when its source has a top-level
    `if __name__ == "__main__"`, or when it lies in the working directory. Private modules and
    those in archives are left out, as are test suites and the inner modules of IDLE in the
    standard library.

    Args:
        pattern: matched with the full dotted name, case apart. With `*`, `?` or `[` a glob, else
            any part of the name: `json` finds `json.tool`. Each dot goes one level deeper; the
            submodules of the standard library's packages are in at once.
    """
    import warnings
    from fnmatch import fnmatchcase

    glob = (pattern if re.search(r"[*?[]", pattern) else f"*{pattern}*").lower()
    matching = {
        name: listed
        for name, listed in _candidates(glob)
        if fnmatchcase(name.lower(), glob) and _runs(listed)
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of doubtful escapes in the docstrings of others
        return [_runnable(name, matching[name]) for name in sorted(matching)]


def _candidates(glob: str) -> Iterator[tuple[str, Listed]]:
    """Yield each public name as deep as the pattern goes, the one that Python takes alone."""
    seen = set(sys.builtin_module_names)
    for listed in sorted(_top_level(), key=lambda each: each.kind == "namespace"):
        replaced = is_frozen(listed.name) and not is_stdlib(listed.file)
        if listed.name not in seen and listed.name[0] != "_" and not replaced:
            seen.add(listed.name)
            yield from _descend(listed.name, listed, glob.split("."))


def _descend(name: str, listed: Listed, parts: list[str]) -> Iterator[tuple[str, Listed]]:
    from fnmatch import fnmatchcase

    yield name, listed
    level = name.count(".") + 1
    fits = level < len(parts) and fnmatchcase(name.rpartition(".")[2].lower(), parts[level - 1])
    free = level == 1 and len(parts) == 1 and is_stdlib(listed.file) and name != "idlelib"
    if listed.kind != "module" and (fits or free):
        for inner in listing(listed.file):
            if inner.name[0] != "_" and name != "idlelib":
                yield from _descend(f"{name}.{inner.name}", inner, parts)


def _runs(listed: Listed) -> bool:
    if listed.kind != "module":
        return Path(listed.file, "__main__.py").is_file()
    if not listed.file.endswith((".py", ".pyw")):
        return False
    return _is_here(os.path.dirname(listed.file)) or has_guard(listed.file)


def _is_here(folder: str) -> bool:
    """Tell whether a folder is the working directory: what lies there was written to be run."""
    return _same(folder, ".")


def _runnable(name: str, listed: Listed) -> Runnable:
    inside = is_stdlib(listed.file)
    entry = Path(listed.file).parents[name.count(".")]
    origin = "here" if _is_here(str(entry)) else "installed"
    return Runnable(name, _summary(name, listed), "standard library" if inside else origin)


def _summary(name: str, listed: Listed) -> str:
    files = [listed.file]
    if listed.kind != "module":
        files = [str(Path(listed.file, each)) for each in ("__main__.py", "__init__.py")]
    said = next(filter(None, map(docstring, files)), "")
    if said or is_stdlib(listed.file):
        return said
    return distribution_summary(name.partition(".")[0], sys.path)
