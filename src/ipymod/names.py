"""GATHER: what one name means to the kernel: a module, a distribution, or both.

The name of a module and that of its distribution differ more often than people think (`sklearn`
is installed as scikit-learn), and two projects may use one name for different things.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

from ipymod.facts.base import BROWSER
from ipymod.facts.place import Installed  # noqa: TC001  from_json asks for the types
from ipymod.frozen import dataclass
from ipymod.modules import find
from ipymod.survey import known
from ipymod.survey.missing import absolute_path, importable, near_names
from ipymod.survey.reached import other_shelves, own_shelves
from ipymod.survey.shelf import all_owners, first_installed, normalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings
    from ipymod.survey.shelf import Shelf

_ON_PATH = " on PATH"


@dataclass(frozen=True)
class NameReport:
    """What a name means.

    Attributes:
        name: as it was asked for.
        kernel: the interpreter that would import it.
        module: the module that it means or brings; empty if none is known.
        kind: of that module: `module`, `package`, `namespace`, `builtin`, `frozen`, `extension`
            or `missing`.
        file: the file that would be imported; empty for what has none.
        installed: the distributions of this kernel that bring the module, or have the name.
        modules: what a distribution of that name brings, if that is what the name means.
        loaded: the file that is imported already; empty if none is, or if it has no file.
        loaded_version: the `__version__` of what is imported already, else empty.
        hides: the files of the same name further on in `sys.path`, which are not imported.
        elsewhere: where else it is installed.
        known: the distributions that are known to bring the module, the usual one first.
        near: names that can be imported and look like it.
        running: whether the kernel runs now, so that a cell can be given.
    """

    name: str
    kernel: str
    module: str = ""
    kind: str = "missing"
    file: str = ""
    installed: tuple[Installed, ...] = ()
    modules: tuple[str, ...] = ()
    loaded: str = ""
    loaded_version: str = ""
    hides: tuple[str, ...] = ()
    elsewhere: tuple[Installed, ...] = ()
    known: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    running: bool = True

    def to_text(self) -> list[str]:
        """The same in lines for people, the answer first."""
        return [self._answer(), *(f"  {line}" for line in self._details())]

    def _answer(self) -> str:
        if self.kind == "missing":
            return self._no_answer()
        where = self.file or f"a {self.kind} module" + (" of Python" if not self.installed else "")
        called = self.module if self.module == self.name else f"{self.name}: {self.module}"
        return f"{called} is {where}{self._owners(self.installed[:1])}"

    def _owners(self, first: Sequence[Installed]) -> str:
        """The distributions that lie beside the first one, and so bring the same file."""
        beside = [each for each in self.installed for one in first if _beside(each, one)]
        return _version(_list(_title(each) for each in beside))

    def _hidden(self, file: str) -> str:
        """A hidden file, and whose it is; each directory of packages may hold one."""
        owned = [each for each in self.installed if file.startswith(_folder(each))]
        return f"hides {file}{self._owners(owned[:1])}"

    def _loaded(self) -> str:
        """What is imported already, and what to do if that is not what would be imported now."""
        versions = {each.version for each in self.installed if _beside(each, self.installed[0])}
        is_other = not self.file or not _same_file(self.loaded, self.file)
        stale = self.loaded_version and versions and self.loaded_version not in versions
        where = f": {self.loaded}" if is_other else ""
        told = f"imported already{where}{_version(self.loaded_version)}"
        return f"{told}; restart the kernel to import it anew" if is_other or stale else told

    def _no_answer(self) -> str:
        if self.installed and not self.module:
            return f"{_title(self.installed[0])} is installed in {self.installed[0].prefix}"
        module = self.module or self.name
        return f"{module} cannot be imported by {self.kernel}"

    def _details(self) -> Iterator[str]:
        if self.modules and self.modules != (self.name,):
            yield f"the distribution {self.name} brings {_list(self.modules)}"
        if self.loaded:
            yield self._loaded()
        yield from map(self._hidden, self.hides)
        yield from (f"also in {_place(each)}" for each in self.elsewhere)
        if self.known and not self.installed:
            yield f"comes with the distribution {_either(self.known)}"
        if self.kind == "missing" and not self.installed and (source := self._source()):
            yield f"to have it here: {self._installs(source)}"
        if self.near:
            yield f"did you mean {_list(self.near)}?"

    def _source(self) -> str:
        """The distribution to install; empty if none is known: a guess may be somebody's trap."""
        found = [each.distribution for each in self.elsewhere if each.distribution]
        return next(iter((*self.known, *found)), "")

    def _installs(self, distribution: str) -> str:
        if self.running:
            return f"%pymod pip install {shlex.quote(distribution)}"
        return f"{shlex.quote(self.kernel)} -m pip install {shlex.quote(distribution)}"


def look_up(
    name: str, kernel: Kernel, here: Surroundings, loaded: Mapping[str, Any] | None = None
) -> NameReport:
    """What a name means to a kernel; nothing is imported and no process is started.

    Args:
        name: of a module (`sklearn`, `os.path`) or a distribution (`scikit-learn`).
        kernel: who would import it.
        here: what it sees of the machine.
        loaded: its modules, `sys.modules`; None if they cannot be seen.
    """
    own, others = own_shelves(kernel), other_shelves(kernel, here)
    module, brought = _module(name, kernel, [*own, *others])
    likely = known.distributions_of(module) if module else ()
    found = importable(module, kernel) if module else None
    file = (found.file or "") if found else ""
    imported = (loaded or {}).get(module)
    unknown = not likely and module == name and found is not None and found.kind == "missing"
    return NameReport(
        name=name,
        kernel="this kernel" if kernel.system == BROWSER else kernel.executable,
        module=module,
        kind=found.kind if found else "missing",
        file=file,
        installed=_installed(name, module, own, likely),
        modules=brought,
        loaded=_told(imported, "__file__"),
        loaded_version=_told(imported, "__version__"),
        hides=tuple(_hidden(module, file, kernel)) if file else (),
        elsewhere=_installed(name, module, others, likely),
        known=known.requirements_of(module) if module else (),
        near=near_names(module, kernel) if unknown else (),
        running=kernel.running,
    )


def _module(name: str, kernel: Kernel, shelves: Sequence[Shelf]) -> tuple[str, tuple[str, ...]]:
    """The module that a name means, and the modules that a distribution of that name brings.

    What can be imported comes first; the rest of the names of a distribution is only told.
    """
    brought = next(filter(None, (shelf.modules(name) for shelf in shelves)), ())
    plain = all(part.isidentifier() for part in name.split("."))
    if plain and (importable(name, kernel).kind != "missing" or known.distributions_of(name)):
        return name, () if name in brought else brought
    brought = brought or known.modules_of(name)
    public = [each for each in brought if not each.startswith("_")] or list(brought)
    alike = [each for each in public if normalised(each) == normalised(name)]
    first = next(iter(alike or public), name if plain else "")
    return first, brought


def _installed(
    name: str, module: str, shelves: Sequence[Shelf], likely: Sequence[str]
) -> tuple[Installed, ...]:
    owners = list(all_owners(shelves, module, likely)) if module else []
    if owners:
        return tuple(owners)
    named = first_installed(shelves, name)
    return (named,) if named else ()


def _told(module: object, name: str) -> str:
    """What a module says of itself; its `__getattr__` is never asked, it may import anything."""
    told = getattr(module, "__dict__", {}).get(name)
    return told if isinstance(told, str) else ""


def _hidden(module: str, file: str, kernel: Kernel) -> Iterator[str]:
    """The files of that name further on in the path, for a name without a dot."""
    seen = {os.path.realpath(file)}
    for entry in absolute_path(kernel) if "." not in module else ():
        other = find(module, [entry])
        if other.file and os.path.realpath(other.file) not in seen:
            seen.add(os.path.realpath(other.file))
            yield other.file


def _title(installed: Installed) -> str:
    what = f"{installed.distribution} {installed.version}".strip()
    return what or "of no distribution"


def _place(installed: Installed) -> str:
    python = f", Python {installed.python}" if installed.python else ""
    via = f", reached by {_ways(installed.via)}" if installed.via else ""
    where = installed.prefix or os.path.dirname(installed.metadata)
    return f"{where}: {_title(installed)}{python}{via}"


def _ways(via: Sequence[str]) -> str:
    """The ways to an environment, the commands on PATH together."""
    on_path = [way.removesuffix(_ON_PATH) for way in via if way.endswith(_ON_PATH)]
    others = [way for way in via if not way.endswith(_ON_PATH)]
    told = _list([f"{_list(on_path)}{_ON_PATH}", *others] if on_path else others)
    return told.replace("`", "")


def _folder(installed: Installed) -> str:
    """The directory of packages; what belongs to no distribution names that alone."""
    place = installed.metadata
    return os.path.join(os.path.dirname(place) if installed.distribution else place, "")


def _beside(one: Installed, other: Installed) -> bool:
    return _folder(one) == _folder(other)


def _same_file(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _version(text: str) -> str:
    return f" ({text})" if text else ""


def _list(words: Sequence[str] | Iterator[str]) -> str:
    return ", ".join(words)


def _either(words: Sequence[str]) -> str:
    *most, last = words
    return f"{_list(most)} or {last}" if most else last
