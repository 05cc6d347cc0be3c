"""GATHER: where an interpreter would import a module from, told from its directories alone."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.launchers import files
from ipymod.launchers.packages import import_order
from ipymod.launchers.prefix import isolation
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Environment
    from ipymod.launchers import Surroundings

_ENDINGS = (".py", ".pyc", ".so", ".pyd")
# These do add a finder, and it finds nothing that would not be found without it.
_HARMLESS = pattern(r"(?:distutils-precedence|_virtualenv)\.pth")
_ADDS_PLACES = pattern(r"meta_path|path_hooks|sys\.path\b|addsitedir|import path\b")
_MAPPED = pattern(r"__editable___\w+_finder")
_MOST = 1 << 18  # bytes of a finder's table


def module_directory(
    module: str, environment: Environment, around: Surroundings, flags: str = ""
) -> str:
    """The directory that a module would be imported from; empty if none is found.

    Args:
        module: a dotted name; the standard library is not searched.
        environment: of the interpreter.
        around: what the interpreter sees.
        flags: its options, such as `-I`.
    """
    relative = module.split(".")
    places = search_path(environment, around, flags)
    return next((place for place in places if _lies_in(place, relative)), "")


def can_import(
    module: str, environment: Environment, around: Surroundings, flags: str = ""
) -> bool | None:
    """Whether an interpreter would find a module outside its standard library; None if unknown."""
    if not environment.site or not any(map(os.path.isdir, environment.site)):
        return None
    if module_directory(module, environment, around, flags):
        return True
    return _by_hooks(module, environment)


def search_path(environment: Environment, around: Surroundings, flags: str = "") -> Iterator[str]:
    """The directories of packages as they stand in `sys.path`, those of PYTHONPATH first."""
    if "E" not in isolation(flags):
        listed = around.variables.get("PYTHONPATH", "").split(";" if around.windows else ":")
        yield from (around.absolute(place) for place in listed if place)
    for place in import_order(environment):
        yield place
        yield from (path for path, _ in _links(place) if path)


def _lies_in(place: str, parts: list[str]) -> bool:
    *above, last = parts
    folder = os.path.join(place, *above)
    if any(os.path.isfile(os.path.join(folder, last + ending)) for ending in _ENDINGS[:2]):
        return True
    if _has_code(os.path.join(folder, last)):
        return True
    names = files.names(folder)  # the file of a compiled module has a tag in its name
    return any(name.startswith(f"{last}.") and name.endswith(_ENDINGS) for name in names)


def _has_code(package: str) -> bool:
    """Whether a directory is a package; what an uninstalled one left behind is none."""
    if os.path.isfile(os.path.join(package, "__init__.py")):
        return True
    return any(name.endswith(_ENDINGS) for name in files.names(package))


def _links(place: str) -> Iterator[tuple[str, str]]:
    """For each line of a `.pth` file the path that it adds, or the code that it runs."""
    for name in files.names(place):
        if name.endswith(".pth") and not name.startswith("."):
            for line in files.text(os.path.join(place, name), 1 << 16).splitlines():
                if line.startswith(("import ", "import\t")):
                    yield "", "" if _HARMLESS.fullmatch(name) else line
                elif line.strip() and not line.startswith("#"):
                    yield os.path.join(place, line.strip()), ""


def _by_hooks(module: str, environment: Environment) -> bool | None:
    """What can be told where no directory has the module: code in `.pth` files may bring it."""
    top = module.partition(".")[0]
    unknown = False
    for place in import_order(environment):
        for path, code in _links(place):
            if finder := _MAPPED.search(code):
                table = files.text(os.path.join(place, f"{finder[0]}.py"), _MOST)
                if re.search(rf"['\"]{re.escape(top)}['\"]\s*:", table):
                    return True
            else:
                zipped = os.path.isfile(path)
                unknown = unknown or zipped or _may_add_places(code, place)
    return None if unknown else False


def _may_add_places(code: str, place: str) -> bool:
    """Whether a line of code, or what it imports from beside its file, adds places or finders."""
    names = re.findall(r"import\s+([\w, .]+)", code)
    modules = {name.strip().partition(".")[0] for each in names for name in each.split(",")}
    texts = [
        files.text(os.path.join(place, *path), 1 << 16)
        for module in modules - {""}
        for path in ((f"{module}.py",), (module, "__init__.py"))
    ]
    return any(_ADDS_PLACES.search(text) for text in (code, *texts))
