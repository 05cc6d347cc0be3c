"""GATHER: the check of a course, from its notebooks and its files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipymod.binder.gather import gather
from ipymod.errors import UsageError
from ipymod.frozen import dataclass
from ipymod.ready.check import Check, Need, is_need
from ipymod.ready.declared import declared
from ipymod.ready.line import distribution_name
from ipymod.ready.reads import files_read
from ipymod.survey import known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ipymod.binder.facts import Imported, Repository
    from ipymod.ready.declared import Declared

_OLDEST = (3, 11)  # Python that ipymod runs on
_MOST_PLACES = 3  # that are told of one need
# What only one place has, and nobody can install.
_OF_PLACES = ("google.colab", "kaggle_secrets", "js", "pyodide", "pyodide_js", "piplite")
# What shows notebooks, or installs: a student may well take something else for that.
_TOOLS = frozenset(
    {"ipymod", "jupyter", "jupyterlab", "notebook", "nbclassic", "voila", "ipykernel", "nbconvert"}
    | {"pip", "setuptools", "wheel", "uv", "conda", "mamba", "pytest", "ruff", "black"}
    | {"pre-commit", "jupytext", "nbstripout", "nbval", "jupyter-book", "sphinx", "mkdocs"}
)


@dataclass(frozen=True)
class Wish:
    """How a check is made.

    Attributes:
        name: of the course; empty for what its project or folder is called.
        install: what brings ipymod.
        version: of ipymod.
        installed: gives the version of a distribution of this Python, which older ones shall not
            do for; empty if there is none. None if any version may do.
        owner: gives the distribution of this Python that brings a module; empty if none does.
    """

    name: str = ""
    install: str = "ipymod"
    version: str = ""
    installed: Callable[[str], str] | None = None
    owner: Callable[[str], str] = lambda _: ""


@dataclass(frozen=True)
class Made:
    """A check, and what its maker should know.

    Attributes:
        check: the check.
        sources: what tells versions: files, or the Python of the maker.
        remarks: what was not taken, or is not known, a line each.
    """

    check: Check
    sources: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def make(root: str, notebooks: Sequence[str], wish: Wish) -> Made:
    """Make the check of a course.

    Args:
        root: its folder.
        notebooks: their paths.
        wish: how.

    Raises:
        UsageError: there is no notebook in Python that can be read.
    """
    # what a notebook installs itself had better be there: thirty students share one network
    repository = gather(root, notebooks, with_installed=True)
    in_python = tuple(each.path for each in repository.notebooks if each.language == "python")
    if not in_python:
        raise UsageError(_nothing(root, notebooks, repository))
    told = declared(repository)
    maker = _Maker(repository, told, wish)
    check = Check(
        name=wish.name or _name_of(root),
        needs=maker.needs(),
        python=maker.python(),
        files=_files(root, in_python),
        notebooks=in_python,
        install=wish.install,
        made_by=wish.version,
    )
    sources = (*told.files, *(("this Python",) if wish.installed else ()))
    return Made(check, sources, (*_unread(repository), *told.remarks, *maker.remarks))


def _nothing(root: str, notebooks: Sequence[str], repository: Repository) -> str:
    if not notebooks:
        return f"there is no notebook in {root}, so nothing tells what the course needs"
    if repository.notebooks:
        return f"no notebook in {root} is in Python"
    path, reason = repository.unread[0]
    return f"no notebook in {root} can be read; {path}: {reason}"


def _name_of(root: str) -> str:
    from ipymod.launchers import Surroundings
    from ipymod.survey.project import Folder

    return Folder(os.path.abspath(root), Surroundings.now()).name or "course"


def _unread(repository: Repository) -> Iterator[str]:
    for path, reason in repository.unread:
        yield f"{path} was left out: {reason}"
    for each in repository.notebooks:
        if each.language != "python":
            yield f"{each.path} was left out: it is in {each.language}, not in Python"


def _files(root: str, notebooks: Iterable[str]) -> tuple[str, ...]:
    from ipymod.notebooks.file import read
    from ipymod.notebooks.model import Notebook

    reads: set[str] = set()
    writes: set[str] = set()
    for path in notebooks:
        told = read(os.path.join(root, path))
        if isinstance(told, Notebook):
            read_here, written_here = files_read(told, root)
            reads |= read_here
            writes |= written_here
    return tuple(sorted(reads - writes))


class _Maker:
    """Puts imports and declarations together."""

    def __init__(self, repository: Repository, told: Declared, wish: Wish) -> None:
        self._repository = repository
        self._declared = told
        self._wish = wish
        self.remarks: list[str] = []

    def python(self) -> str:
        """The versions of Python: those that are declared, else what the imports need."""
        if self._declared.python:
            return self._declared.python
        found = [each for each in self._repository.imported if each.places]
        gone = [each.removed[0] for each in found if each.removed[0] and not each.distributions]
        late = [each.added for each in found if _numbers(each.added) > _OLDEST]
        bounds = [f">={max(late, key=_numbers)}"] if late else []
        return ",".join([*bounds, *([f"<{min(gone, key=_numbers)}"] if gone else [])])

    def needs(self) -> tuple[Need, ...]:
        """All that is needed, each distribution once."""
        found: dict[str, list[tuple[Imported, str]]] = {}
        for each in self._repository.imported:
            name = self._distribution(each)
            if name is not None:
                found.setdefault(name or f"?{_module(each)}", []).append((each, name))
        needs = [self._need(group[0][1], [each for each, _ in group]) for group in found.values()]
        needs += self._only_declared(set(found))
        taken = [need for need in needs if is_need(need)]
        self.remarks += [
            f"{n.title} was left out: {n.requirement} could harm a shell"
            for n in needs
            if n not in taken
        ]
        return tuple(sorted(taken, key=lambda need: (need.optional, need.title)))

    def _distribution(self, each: Imported) -> str | None:
        """What brings a module; empty if nobody knows, None if nothing needs to."""
        if each.homes or (each.standard and not each.removed[0]):
            return None
        if each.module.startswith(_OF_PLACES) and not each.distributions:
            if each.places:
                self.remarks.append(
                    f"{each.module}, imported in {each.places[0].path}, cannot be installed"
                )
            return None
        if each.removed[0] and not each.distributions:
            return None
        names = [distribution_name(name) for name in each.distributions]
        own = distribution_name(each.module.partition(".")[0])
        wanted = self._declared.wanted
        declared_one = next((name for name in (*names, own) if name in wanted), "")
        found = declared_one or next(iter(names), "") or self._wish.owner(each.module)
        if not found and each.places:
            self.remarks.append(
                f"nothing tells what brings {each.module}, imported in {each.places[0].path}; "
                "a line in requirements.txt does"
            )
        return found

    def _need(self, name: str, group: list[Imported]) -> Need:
        places = dict.fromkeys(place.path for each in group for place in each.places)
        guarded = dict.fromkeys(place.path for each in group for place in each.guarded)
        wanted = self._declared.wanted.get(name)
        others = {distribution_name(other) for each in group for other in each.distributions}
        return Need(
            distribution=name,
            specifier=(wanted.specifier if wanted else "") or self._installed(name),
            modules=tuple(dict.fromkeys(map(_module, group))),
            places=tuple(places or guarded)[:_MOST_PLACES],
            optional=not places,
            others=tuple(sorted(others - {name})),
            extras=wanted.extras if wanted else "",
            address=wanted.address if wanted else "",
        )

    def _installed(self, name: str) -> str:
        version = self._wish.installed(name) if self._wish.installed and name else ""
        return f">={version.partition('+')[0]}" if version else ""

    def _only_declared(self, taken: set[str]) -> Iterator[Need]:
        """What no notebook imports and yet is asked for, such as what pandas reads Excel with."""
        left = []
        for name, wanted in self._declared.wanted.items():
            if name in taken or name in _TOOLS:
                continue
            if not wanted.is_asked:
                left.append(name)
                continue
            yield Need(
                distribution=name,
                specifier=wanted.specifier or self._installed(name),
                places=(wanted.file,),
                extras=wanted.extras,
                address=wanted.address,
                marker=wanted.marker,
            )
        if left:
            more = f" and {len(left) - 1} more" if left[1:] else ""
            self.remarks.append(f"{left[0]}{more}: declared, but no notebook imports it; left out")


def _module(each: Imported) -> str:
    """What is looked for: parts of a package may be made when it is imported."""
    top = each.module.partition(".")[0]
    return each.module if each.is_part or known.is_namespace(top) else top


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if version else ()
