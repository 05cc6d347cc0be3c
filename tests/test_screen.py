from __future__ import annotations

import re
from pathlib import Path

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ipymod.run.screen import CLIMB_LIMIT, Screen

DATA = Path(__file__).parent / "data" / "screen"
RECORDINGS = sorted(path.stem for path in DATA.glob("*.bin"))
CLIMBERS = ["rich", "tqdm_nested", "tqdm_nested_leave", "tqdm_parallel", "uv", "uv_again"]
IN_PLACE = [name for name in RECORDINGS if name not in CLIMBERS]
COLOUR = re.compile(r"\x1b\[[\d;]*m")

Cell = tuple[str, str, str, bool, bool, bool]


def recorded(name: str) -> str:
    return (DATA / f"{name}.bin").read_bytes().decode()


def outputs(text: str, every: int = 0, width: int = 80) -> list[str]:
    """Feed in pieces of `every` characters with a take after each, or all at once."""
    screen = Screen(width)
    taken = []
    for start in range(0, len(text), every or len(text) or 1):
        screen.feed(text[start : start + (every or len(text))])
        if every:
            taken.append(screen.take())
    return [*taken, screen.finish()]


def jupyterlab(pieces: list[str]) -> str:
    """Overwrite UTF-16 units after a carriage return; the tail of a longer line stays."""
    lines: list[list[bytes]] = [[]]
    at = 0
    for part in re.findall(r"[\r\n]|[^\r\n]+", "".join(pieces)):
        if part == "\n":
            lines.append([])
        elif part != "\r":
            data = part.encode("utf-16-le", "surrogatepass")
            units = [data[i : i + 2] for i in range(0, len(data), 2)]
            lines[-1][at : at + len(units)] = units
            at += len(units)
        at = at if part not in "\r\n" else 0
    return "\n".join(b"".join(line).decode("utf-16-le", "surrogatepass") for line in lines)


def replacing(pieces: list[str]) -> str:
    """Forget the line at a carriage return, as nbconvert and Colab do."""
    return re.sub(r"[^\n]*\r", "", "".join(pieces))


def visible(text: str) -> list[str]:
    lines = [line.rstrip() for line in COLOUR.sub("", text).split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def terminal(text: str, width: int = 80) -> list[list[Cell]]:
    """Show text in a terminal that is high enough; blanks nobody sees are cut off."""
    screen = pyte.Screen(width, max(100, text.count("\n") + len(text) // width + 50))
    screen.set_mode(pyte.modes.LNM)  # a newline alone starts a line, as without OPOST
    pyte.Stream(screen).feed(text)
    rows = []
    for number in range(screen.lines):
        cells = [
            (c.data, c.fg if c.data != " " else "", c.bg, c.bold, c.underscore, c.reverse)
            for c in (screen.buffer[number][column] for column in range(width))
        ]
        while (
            cells and cells[-1][0] == " " and cells[-1][2] == "default" and not any(cells[-1][4:])
        ):
            cells.pop()
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def seen(text: str, width: int = 80) -> list[str]:
    return ["".join(cell[0] for cell in row).rstrip() for row in terminal(text, width)]


def unpadded(text: str) -> str:
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("every", [0, 1, 7, 100, 4096])
@pytest.mark.parametrize("name", IN_PLACE)
def test_a_recording_ends_as_on_a_terminal_in_every_front_end(name: str, every: int) -> None:
    text = recorded(name)
    pieces = outputs(text, every)
    assert terminal(unpadded(jupyterlab(pieces))) == terminal(text)
    assert terminal(unpadded(replacing(pieces))) == terminal(text)


@pytest.mark.parametrize("name", CLIMBERS)
def test_a_recording_that_moves_up_ends_as_on_a_terminal_when_taken_once(name: str) -> None:
    text = recorded(name)
    assert terminal(unpadded(jupyterlab(outputs(text)))) == terminal(text)


@pytest.mark.parametrize("every", [1, 7, 100, 1000])
@pytest.mark.parametrize("name", CLIMBERS)
def test_taken_often_it_holds_the_terminal_and_at_most_one_stray_line(
    name: str, every: int
) -> None:
    pieces = outputs(recorded(name), every)
    lines, wanted = visible(jupyterlab(pieces)), seen(recorded(name))
    strays = [line for line in lines if line not in wanted]
    assert [line for line in lines if line in wanted] == wanted
    assert len(strays) <= 1
    assert visible(replacing(pieces)) == lines
