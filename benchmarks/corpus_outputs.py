"""Outputs of a given size: images in base64, tables in HTML, text, logs, plots as numbers."""

from base64 import b64encode
from collections.abc import Iterator
from random import Random
from typing import Any

from corpus_phrases import NOUNS

Output = dict[str, Any]
Data = dict[str, Any]

LEAST = 400  # bytes: less is left away
_POOL = 3 << 20  # bytes of noise, of which all images are pieces
_LINES = 4000
_STYLE = (
    "<div>\n<style scoped>\n    .dataframe tbody tr th {\n        vertical-align: top;\n    }\n"
    '</style>\n<table border="1" class="dataframe">\n  <thead>\n'
)
# What there is of each kind in a hundred outputs, and how large one is, in bytes.
_KINDS = ("image",) * 40 + ("html",) * 22 + ("stream",) * 24 + ("plot",) * 4 + ("text",) * 10
_SIZES = {
    "image": (6_000, 90_000),
    "html": (900, 40_000),
    "stream": (LEAST, 9_000),
    "plot": (3_000, 60_000),
    "text": (LEAST, 2_000),
}
_LARGE = ("image", "image", "image", "html", "plot")  # what fills a file of megabytes


class Studio:
    """Makes outputs; all are cut from the same noise, so that hundreds of megabytes are quick."""

    def __init__(self, seed: int) -> None:
        random = Random(f"{seed} noise")  # noqa: S311  the same corpus every time
        self._image = b64encode(random.randbytes(_POOL)).decode("ascii")
        self._html = [_row(random) for _ in range(_LINES)]
        self._log = [_logged(random) for _ in range(_LINES)]
        self._numbers = [round(random.random() * 1000 - 500, 6) for _ in range(_LINES)]

    def outputs(self, size: int, cells: int, random: Random) -> Iterator[Output]:
        """Give outputs that take about so many bytes together."""
        while size > LEAST:
            large = size / cells > _SIZES["image"][1]
            kind = random.choice(_LARGE if large else _KINDS)
            low, high = _SIZES[kind]
            most = max(high, 3 * size // cells if large else 0)
            one = min(size, low + int((most - low) * random.random() ** 2))
            yield self._one(kind, one, random)
            size -= one

    def _one(self, kind: str, size: int, random: Random) -> Output:
        match kind:
            case "image":
                text = "<Figure size 640x480 with 1 Axes>"
                return _shown({"image/png": self._cut(size, random), "text/plain": [text]})
            case "html":
                table = [*_STYLE.splitlines(keepends=True), *_taken(self._html, size, random)]
                return _result(
                    {"text/html": [*table, "</table>\n", "</div>"], "text/plain": ["  a"]}
                )
            case "plot":
                return _shown({"application/vnd.plotly.v1+json": self._plot(size, random)})
            case "text":
                return _result({"text/plain": _taken(self._log, size, random)})
        return {
            "name": random.choice(("stdout", "stdout", "stderr")),
            "output_type": "stream",
            "text": _taken(self._log, size, random),
        }

    def _cut(self, size: int, random: Random) -> str:
        """Give a piece of the noise; a large one goes round."""
        start = random.randrange(len(self._image))
        text = self._image[start:]
        text += self._image * (max(0, size - len(text)) // len(self._image) + 1)
        return f"iVBORw0KGgoAAAANSUhEUgAA{text[: size // 4 * 4]}\n"

    def _plot(self, size: int, random: Random) -> Data:
        start = random.randrange(_LINES)
        count = size // 24
        values = (self._numbers[start:] + self._numbers * (count // _LINES + 1))[:count]
        line = {"mode": "lines", "name": random.choice(NOUNS), "type": "scatter", "y": values}
        return {"data": [line], "layout": {"title": {"text": random.choice(NOUNS)}}}


def _taken(lines: list[str], size: int, random: Random) -> list[str]:
    """Give lines of so many bytes together; a long text goes round."""
    at = random.randrange(len(lines))
    found = []
    while size > 0:
        found.append(lines[at % len(lines)])
        size -= len(found[-1]) + 12  # quotes, indentation
        at += 1
    return found


def _row(random: Random) -> str:
    noun = random.choice(NOUNS)
    number = f"{random.random() * 1000:.4f}"
    return random.choice(
        (
            f"      <td>{number}</td>\n",
            f"      <td>{number}</td>\n",
            f"      <td>{noun} {number[:3]}</td>\n",
            f'    <tr style="text-align: right;" class="{noun}">\n',
            f"      <th>{random.randrange(10_000)}</th>\n",
        )
    )


def _logged(random: Random) -> str:
    noun, number = random.choice(NOUNS), random.randrange(100_000)
    return random.choice(
        (
            f"Epoch {number % 100}/100 - loss: {random.random():.4f} - {noun}: {number}\n",
            f"\x1b[32mINFO\x1b[0m:{noun}:step {number} took {random.random():.2f} s — ok\n",
            f"{noun:>12} {number:>9} {random.random():.6f}   {random.random():.6f}\n",
            f"Collecting {noun}=={number % 9}.{number % 11}\r\n",
        )
    )


def _shown(data: Data) -> Output:
    return {"data": data, "metadata": {}, "output_type": "display_data"}


def _result(data: Data) -> Output:
    return {"data": data, "execution_count": 1, "metadata": {}, "output_type": "execute_result"}
