"""What stands in ordinary cells: code of six kinds and prose, made from templates.

A notebook has a cast of names, defined in its first cells, that all its code uses; numbers and
local names are new in each cell. So two cells are hardly ever the same, and a linter for Python
finds about as much as it does in the wild.
"""

import re
from collections.abc import Callable, Sequence
from random import Random

from corpus_phrases import FLAVOURS, NOUNS, PARTS, PROSE, PYTHON_2, VERBS, Flavour

_PLACE = re.compile(r"<(\w+)>")
_NUMBERS: dict[str, Callable[[Random], str]] = {
    "n": lambda random: str(random.randrange(2, 100)),
    "N": lambda random: str(random.randrange(100, 100_000)),
    "x": lambda random: f"0.{random.randrange(1, 10_000):04}",
    "noun": lambda random: random.choice(NOUNS),
    "verb": lambda random: random.choice(VERBS),
    "Noun": lambda random: random.choice(NOUNS).capitalize(),
    "col": lambda random: f"{random.choice(NOUNS)}_{random.randrange(1, 30)}",
}
_CAST = ("frame", "table", "values", "target", "model", "result", "folder", "loader", "rate")


_CELL_OF = (1, 1, 1, 2, 2, 3)  # phrases
_HEADING = 0.5  # of the markdown cells have one


class Author:
    """Writes the cells of one notebook."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._flavour: Flavour = random.choice(FLAVOURS)
        self._cast = {
            name: self._named(name)[: random.randrange(8, 30)].rstrip("_") for name in _CAST
        }

    def opening(self) -> list[str]:
        """Give the cells that import, and define what the others use."""
        return [self._filled(text) for text in (self._flavour.imports, self._flavour.definitions)]

    def cell(self) -> str:
        """Give the text of a code cell."""
        count = self._random.choice(_CELL_OF)
        return "\n".join(self._phrase(self._flavour.phrases) for _ in range(count))

    def python_2(self) -> str:
        """Give code that no Python 3 can parse."""
        return self._phrase(PYTHON_2)

    def prose(self) -> str:
        """Give the text of a markdown cell."""
        random = self._random
        told = [self._phrase(PROSE) for _ in range(random.randrange(1, 7))]
        if random.random() < _HEADING:
            told.insert(0, self._filled("#" * random.randrange(1, 4) + " <Noun> and <noun> <n>\n"))
        return "\n".join(told)

    def _phrase(self, templates: Sequence[str]) -> str:
        return self._filled(self._random.choice(templates))

    def _named(self, end: str) -> str:
        """Make up a name."""
        return f"{self._random.choice(PARTS)}_{self._random.choice(NOUNS)}_{end}"

    def _filled(self, template: str) -> str:
        """Put names and numbers into a template; a local name is the same wherever it stands."""
        known = dict(self._cast)

        def word(match: re.Match[str]) -> str:
            key = match[1]
            if key in _NUMBERS:
                return _NUMBERS[key](self._random)
            if key not in known:
                known[key] = self._named(key)
            return known[key]

        return _PLACE.sub(word, template)
