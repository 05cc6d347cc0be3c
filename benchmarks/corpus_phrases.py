"""DATA: the templates in `phrases/*.txt`, and the words that fill them.

A line `%%%%` stands between two templates, and `<name>` is filled in by `corpus_text`. A file of a
flavour begins with the cell that imports and the one that defines what the others use.
"""

from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent / "phrases"
_BETWEEN = "\n%%%%\n"

_FLAVOURS = ("pandas", "sklearn", "torch", "keras", "transformers", "teaching")


@dataclass(frozen=True)
class Flavour:
    """What a kind of notebook is made of: its first two cells, and pieces of all others."""

    imports: str
    definitions: str
    phrases: tuple[str, ...]


def _templates(name: str) -> list[str]:
    return (_FOLDER / f"{name}.txt").read_text("utf-8").rstrip("\n").split(_BETWEEN)


def _words(name: str) -> tuple[str, ...]:
    return tuple((_FOLDER / f"{name}.txt").read_text("utf-8").split())


def _flavour(name: str) -> Flavour:
    imports, definitions, *phrases = _templates(name)
    common = (each for file in ("any", "plots", "arrays") for each in _templates(file))
    return Flavour(imports, definitions, (*common, *phrases))


NOUNS, VERBS = _words("nouns"), _words("verbs")
PARTS = _words("parts")  # of names
PACKAGES = _words("packages")
FLAVOURS = tuple(map(_flavour, _FLAVOURS))
PROSE = tuple(_templates("prose"))
PYTHON_2 = tuple(_templates("python_2"))
