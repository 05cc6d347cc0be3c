"""What a corpus holds: which notebook has which size, form, kernelspec and fault.

All is dealt out, nothing is left to chance: of each kind the corpus holds its exact share.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import exp
from random import Random
from statistics import NormalDist

import corpus_counts as counts
from corpus_counts import share
from corpus_forms import Form
from corpus_phrases import NOUNS

BYTES_SPREAD = 1.9  # sigma of the log-normal: half of the files have less than 26 kB
CELLS_SPREAD = 0.85
FEWEST = 40  # notebooks
OPENING = 2  # the cells that import and define
FOREIGN = "foreign"
NO_OUTPUTS, ID_TOO_EARLY, NO_STREAM_NAME, NO_METADATA = "outputs", "id", "name", "metadata"
INVALID = (NO_OUTPUTS, ID_TOO_EARLY, NO_STREAM_NAME, NO_METADATA)


@dataclass(frozen=True)
class Style:
    """How the bytes of a file look.

    Attributes:
        indent: blanks; None puts everything in one line.
        final_newline: whether there is one.
        crlf: whether lines end as on Windows.
        whole: whether the text of a cell is one string, not a list of lines.
    """

    indent: int | None = 1
    final_newline: bool = True
    crlf: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Plan:
    """One file.

    Attributes:
        seed: of all that is made up in it.
        path: with slashes, from the folder of the corpus.
        kind: what it is: a language, or why it cannot be read.
        bytes: about how large it will be.
        code: how many code cells it has.
        kernel: the name of its kernelspec; empty for none.
        invalid: in what it differs from the schema; empty for nothing.
        checkpoint: whether it lies in `.ipynb_checkpoints`.
        style: how its bytes look.
        forms: what its cells hold, in their order.
    """

    seed: str
    path: str
    kind: str
    bytes: int = 0
    code: int = 0
    kernel: str = ""
    invalid: str = ""
    checkpoint: bool = False
    style: Style = field(default_factory=Style)
    forms: tuple[Form, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether there is JSON in it."""
        return self.kind not in counts.UNREADABLE


def plan(notebooks: int, seed: int) -> list[Plan]:
    """Deal out everything over so many files.

    Raises:
        ValueError: they are too few to hold one of each kind.
    """
    if notebooks < FEWEST:
        raise ValueError(f"{notebooks} notebooks cannot hold one of each kind, {FEWEST} can")
    random = Random(f"{seed} {notebooks}")  # noqa: S311  the same corpus every time
    kinds = _kinds(notebooks)
    python = _python(kinds.count(counts.PYTHON), random)
    others = [Plan("", "", kind) for kind in kinds if kind != counts.PYTHON]
    copies = [replace(random.choice(python), checkpoint=True) for _ in range(_copies(notebooks))]
    files = [*python, *others]
    random.shuffle(files)
    files = [_placed(each, number, seed) for number, each in enumerate([*files, *copies])]
    return list(_styled(_sized(files, random), random))


def _copies(notebooks: int) -> int:
    return share(counts.CHECKPOINTS, notebooks)


def _kinds(notebooks: int) -> list[str]:
    """Give what each file is, checkpoints left out."""
    rare = {**counts.UNREADABLE, **counts.OTHERS}
    kinds = [kind for kind, count in rare.items() for _ in range(share(count, notebooks))]
    return kinds + [counts.PYTHON] * (notebooks - _copies(notebooks) - len(kinds))


def _placed(plan: Plan, number: int, seed: int) -> Plan:
    """Give a file its path and the seed of its text."""
    random = Random(f"{seed} {number}")  # noqa: S311  the same path every time
    noun = random.choice(NOUNS)
    folder = f"repository-{number % counts.REPOSITORIES:02}/{random.choice(NOUNS)}"
    path = f"{folder}/{noun}_{number:05}.ipynb"
    if plan.checkpoint:
        path = f"{folder}/.ipynb_checkpoints/{noun}_{number:05}-checkpoint.ipynb"
    return replace(plan, path=path, seed=f"{seed} {number} text")


# -- Python notebooks


def _python(number: int, random: Random) -> list[Plan]:
    files = round(number * counts.FILES / 8402)
    forms = _forms(number, files, random)
    kernels = _kernels(number, files)
    invalid = [INVALID[at % len(INVALID)] for at in range(share(counts.INVALID, files))]
    invalid += [""] * (number - len(invalid))
    random.shuffle(kernels)
    random.shuffle(invalid)
    return [
        Plan("", "", counts.PYTHON, kernel=kernel, invalid=fault, forms=tuple(held))
        for kernel, fault, held in zip(kernels, invalid, forms, strict=True)
    ]


def _kernels(number: int, files: int) -> list[str]:
    foreign = [FOREIGN] * share(counts.FOREIGN_KERNEL, files)
    none = [""] * share(counts.NO_KERNEL, files)
    return [*foreign, *none, *["python3"] * (number - len(foreign) - len(none))]


def _forms(number: int, files: int, random: Random) -> list[list[Form]]:
    """Give what each notebook holds; the unsafe forms share the notebooks set apart for them."""
    held: list[list[str]] = [[] for _ in range(number)]
    order = random.sample(range(number), number)
    unsafe = order[: share(counts.UNSAFE_NOTEBOOKS, files)]
    _deal(_times(counts.UNSAFE, files, random), held, unsafe, random)
    for name, count in counts.OTHER_FORMS.items():
        for at in random.sample(range(number), share(count, files)):
            held[at].append(name)
    return _commands(held, files, random)


def _times(table: dict[str, int], files: int, random: Random) -> list[str]:
    names = [name for name, count in table.items() for _ in range(share(count, files))]
    random.shuffle(names)
    return names


def _deal(names: list[str], held: list[list[str]], among: Sequence[int], random: Random) -> None:
    """Give each notebook one name, and the rest to any that has not got the same yet."""
    for at, name in zip(among, names, strict=False):
        held[at].append(name)
    for name in names[len(among) :]:
        at = random.choice([at for at in among if name not in held[at]])
        held[at].append(name)


def _commands(held: list[list[str]], files: int, random: Random) -> list[list[Form]]:
    """Add the further pip commands to the notebooks that have one, and give all their traits."""
    pips = [(at, name) for at, names in enumerate(held) for name in names if name in _PIPS]
    more = share(counts.PIP_COMMANDS, files) - len(pips)
    pips += [random.choice(pips) for _ in range(more)]
    random.shuffle(pips)
    found: list[list[Form]] = [
        [Form(name) for name in names if name not in _PIPS] for names in held
    ]
    for (at, name), traits in zip(pips, _traits(len(pips), files, random), strict=True):
        found[at].append(Form(name, traits))
    for forms in found:
        random.shuffle(forms)
    return found


_PIPS = (counts.PIP, counts.PIP3)


def _traits(commands: int, files: int, random: Random) -> Iterator[tuple[str, ...]]:
    kinds = [(kind,) for kind, n in counts.KINDS.items() for _ in range(share(n, files))]
    given: list[tuple[str, ...]] = [*kinds, *[()] * (commands - len(kinds))]
    free = [at for at, kind in enumerate(given) if not counts.ALONE.intersection(kind)]
    for trait, count in counts.TRAITS.items():
        fits = [at for at in free if trait != counts.CONTINUED or counts.REMARK not in given[at]]
        for at in random.sample(fits, share(count, files)):
            given[at] = (*given[at], trait)
    return iter(given)


# -- sizes and styles


def _sized(files: list[Plan], random: Random) -> list[Plan]:
    """Give each file its bytes and its code cells; the larger has rather more cells."""
    readable = [plan for plan in files if plan.readable]
    sizes = _log_normal(len(readable), counts.BYTES, BYTES_SPREAD)
    cells = _log_normal(len(readable), counts.CODE_CELLS, CELLS_SPREAD)
    ranks = random.sample(range(len(readable)), len(readable))
    likely = sorted(range(len(ranks)), key=lambda at: ranks[at] / len(ranks) + random.random())
    code = dict(zip(likely, cells, strict=True))
    sized = (
        replace(plan, bytes=sizes[ranks[at]], code=max(code[at], OPENING + len(plan.forms)))
        for at, plan in enumerate(readable)
    )
    return [next(sized) if plan.readable else plan for plan in files]


def _log_normal(count: int, mean: float, spread: float) -> list[int]:
    """Give the quantiles of a log-normal distribution, ascending, with just that mean."""
    normal = NormalDist()
    raw = [exp(spread * normal.inv_cdf((at + 0.5) / count)) for at in range(count)]
    scale = mean * count / sum(raw)
    return [max(1, round(value * scale)) for value in raw]


def _styled(files: list[Plan], random: Random) -> Iterator[Plan]:
    readable = sum(plan.readable for plan in files)
    rare = {indent: n for indent, n in counts.INDENTS.items() if indent != 1}
    indents = [indent for indent, n in rare.items() for _ in range(share(n, len(files)))]
    indents += [1] * (readable - len(indents))
    random.shuffle(indents)
    no_newline, crlf, whole = (
        set(random.sample(range(readable), share(count, len(files))))
        for count in (counts.NO_FINAL_NEWLINE, counts.CRLF, counts.STRING_SOURCE)
    )
    styles = (
        Style(indent, at not in no_newline, at in crlf, at in whole)
        for at, indent in enumerate(indents)
    )
    return (replace(plan, style=next(styles)) if plan.readable else plan for plan in files)
