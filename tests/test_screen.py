from __future__ import annotations

import re
from itertools import pairwise
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

Cell = tuple[str, str, bool, str, bool, bool]
NOTHING: Cell = (" ", "", False, "default", False, False)


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


def cell(shown: pyte.screens.Char) -> Cell:
    """Leave out what nobody sees: the foreground of a blank."""
    ink = (shown.fg, shown.bold) if shown.data != " " else ("", False)
    return (shown.data, *ink, shown.bg, shown.underscore, shown.reverse)


def terminal(text: str, width: int = 80) -> list[list[Cell]]:
    """Show text in a terminal that is high enough; blanks nobody sees are cut off."""
    screen = pyte.Screen(width, max(100, text.count("\n") + len(text) // width + 50))
    screen.set_mode(pyte.modes.LNM)  # a newline alone starts a line, as without OPOST
    pyte.Stream(screen).feed(text)
    rows = []
    for number in range(screen.lines):
        cells = [cell(screen.buffer[number][column]) for column in range(width)]
        while cells and cells[-1] == NOTHING:
            cells.pop()
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def seen(text: str, width: int = 80) -> list[str]:
    return ["".join(data for data, *_ in row).rstrip() for row in terminal(text, width)]


def unpadded(text: str) -> str:
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("every", [0, 7, 100, 4096])
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


# A first picture that was taken half drawn stays: one line of each of rich's two displays.
STRAYS = {("rich", 7): 2}


@pytest.mark.parametrize("every", [7, 100, 1000])
@pytest.mark.parametrize("name", CLIMBERS)
def test_taken_often_it_holds_what_a_terminal_shows_and_one_stray_line_at_most(
    name: str, every: int
) -> None:
    pieces = outputs(recorded(name), every)
    lines, wanted = visible(jupyterlab(pieces)), seen(recorded(name))
    assert [line for line in lines if line in wanted] == wanted
    assert len(lines) - len(wanted) <= STRAYS.get((name, every), 1)
    assert visible(replacing(pieces)) == lines


@pytest.mark.parametrize("every", [20, 1000])
def test_uv_leaves_no_bar_behind(every: int) -> None:
    lines = visible(jupyterlab(outputs(recorded("uv"), every)))
    starts = [line.split()[0] for line in lines]
    assert starts == ["Using", "Resolved", "Prepared", "Installed", *"+" * 11]


def test_pip_leaves_one_bar_at_its_end() -> None:
    lines = visible(jupyterlab(outputs(recorded("pip"), 50)))
    assert sum("16.9/16.9 MB" in line for line in lines) == 1
    assert not any("eta" in line for line in lines)


@pytest.mark.parametrize("every", [0, 1, 1000])
def test_a_plain_recording_is_unchanged(every: int) -> None:
    assert "".join(outputs(recorded("plain"), every)) == recorded("plain")


def cuts(text: str, places: list[int]) -> list[str]:
    bounds = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(bounds)]


def run(pieces: list[str], *, taking: bool, width: int = 80) -> list[str]:
    screen = Screen(width)
    taken = []
    for piece in pieces:
        screen.feed(piece)
        if taking:
            taken.append(screen.take())
    return [*taken, screen.finish()]


WORDS = st.text("abcXYZ 0159.é█━", min_size=1, max_size=12)
COLOURS = st.sampled_from([f"\x1b[{codes}m" for codes in ("", "0", "1", "31", "22;39", "38;5;9")])
IGNORED = st.sampled_from(
    ["\x1b[?25l", "\x1b[?25h", "\x1b]0;title\x07", "\x1b]8;;http://a\x1b\\", "\x07", "\x1b[?2004h"]
)
WITHIN = st.one_of(
    st.sampled_from(["\n", "\r", "\r\n", "\b", "\x1b[K", "\x1b[1K", "\x1b[2K"]),
    st.builds("\x1b[{}{}".format, st.integers(0, 30), st.sampled_from("CDG")),
)
UP = st.builds("\x1b[{}{}".format, st.integers(0, 4), st.sampled_from("AF"))
PLACES = st.lists(st.integers(0, 10_000), max_size=12)


def streams(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(st.one_of(WORDS, COLOURS, IGNORED, WITHIN, *parts), max_size=40).map("".join)


@pytest.mark.slow
@given(streams(), PLACES, st.sampled_from([20, 80]))
@example("0" * 21 + "\x1b[1K\n0", [], 20)
def test_one_line_at_a_time_is_the_same_however_it_is_cut_and_taken(
    text: str, places: list[int], width: int
) -> None:
    text = text.replace("\x1b[?25l", "")
    pieces = run(cuts(text, places), taking=True, width=width)
    wanted = without_erased(terminal(text, width), width)
    for shown in (jupyterlab(pieces), replacing(pieces)):
        assert without_erased(terminal(unpadded(shown), width), width) == wanted


def without_erased(rows: list[list[Cell]], width: int) -> list[list[Cell]]:
    """Leave out the blank rest of a line that is longer than the screen: a cell has no such row."""
    pairs = zip([[], *rows], rows, strict=False)
    return [row for above, row in pairs if row or len(above) < width]


@given(streams(UP), PLACES)
def test_moving_up_is_the_same_however_the_text_is_cut(text: str, places: list[int]) -> None:
    pieces = run(cuts(text, places), taking=False)
    assert terminal(unpadded(jupyterlab(pieces))) == terminal(text)


@pytest.mark.slow
@given(streams(UP), PLACES)
@example("\x1b[19C\x1b[30C\x1b[30C00", [])
def test_taken_anywhere_every_line_of_the_terminal_is_there(text: str, places: list[int]) -> None:
    shown = unpadded(jupyterlab(run(cuts(text, places), taking=True)))
    assert {line for line in seen(text) if line} <= set(seen(shown))  # long lines wrap there too


@given(st.text(), PLACES)
@example("\x1b[31m\x1b]0;a\x1bPq\x9b1A\x1b[9999999999C\x1b[2J\x1b[5;5Hx\x0c\x85", [3, 9, 20])
def test_no_control_code_but_colours_ever_comes_out(text: str, places: list[int]) -> None:
    output = COLOUR.sub("", "".join(run(cuts(text, places), taking=True)))
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", output)


@given(
    st.text("\x1b\x9b[]P?;0159ABCDEFGHJKMmhlsu78\\\r\n\t\b a日é\u0301", max_size=60),
    PLACES,
)
def test_no_half_sequence_breaks_it(text: str, places: list[int]) -> None:
    output = COLOUR.sub("", "".join(run(cuts(text, places), taking=True)))
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", output)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t")), PLACES)
@example("日" * 45 + "\t\u0301x" * 30, [7, 41, 42, 90])
def test_plain_text_is_unchanged(text: str, places: list[int]) -> None:
    assert "".join(run(cuts(text, places), taking=True)) == text


def test_a_line_without_end_stays_one_line() -> None:
    text = "word " * 40_000
    assert "".join(outputs(text, 10_000)) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a\r\nb", "a\nb"),
        ("abc\b\bX", "aXc"),
        ("日本\rx", "x 本"),
        ("日本\x1b[2Gx", " x本"),
        ("a\tb", "a\tb"),
        ("a\tb\r\x1b[3Gc", "a c     b"),
        ("e\u0301\rx", "x"),
        ("\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\ text", "link text"),
        ("a\x1bPsixel\nstuff\x1b\\b", "ab"),
        ("a\x1b]0;no end\nb", "a\nb"),
        ("a\x1b[1;1\nb", "a\nb"),
        ("one \x1b[stwo\x1b[u1", "one 1wo"),
        ("a\nb\x1b[A\x1b7\n\x1b8X", "aX\nb"),
        ("before\n\x1b[H\x1b[2Jfirst\n\x1b[H\x1b[2Jsecond", "before\nsecond"),
        ("a\nb\nc\x1b[2F\x1b[Jd", "d"),
        ("\x1b[38:2::1:2:3mx", "\x1b[38;2;1;2;3mx\x1b[0m"),
        ("\x1b[1m\x1b[31mx\x1b[22my", "\x1b[1;31mx\x1b[0;31my\x1b[0m"),
        ("\x1b[44m  \x1b[0m\r", "\x1b[44m  \x1b[0m"),
    ],
)
def test_a_code_does_what_a_terminal_does(text: str, wanted: str) -> None:
    assert jupyterlab(outputs(text)) == wanted


def test_only_what_is_new_is_written() -> None:
    screen = Screen()
    written = []
    for text in ["\x1b[32m.", ".", "\x1b[0m", "", "\r", "\x1b[K", "done\n", "more\n"]:
        screen.feed(text)
        written.append(screen.take())
    green, blanks = "\x1b[32m.\x1b[0m", " " * 20
    assert written == [green, green, "", "", "", f"\r{blanks}", f"\rdone{' ' * 16}\n", "more\n"]


def test_several_frames_between_two_takes_are_one() -> None:
    screen = Screen()
    screen.feed("\r 10%")
    assert screen.take() == " 10%"
    screen.feed("\r 20%\r 30%\r 40%")
    assert screen.take() == "\r 40%"


def test_a_line_without_newline_is_a_prompt() -> None:
    screen = Screen()
    screen.feed("Removing\n\x1b[1mProceed (Y/n)?\x1b[0m ")
    assert screen.unfinished == "Proceed (Y/n)? "
    screen.feed("y\n")
    assert screen.unfinished == ""


def test_a_region_shows_the_line_that_changed_last() -> None:
    screen = Screen()
    screen.feed("outer 0\ninner 0\x1b[A\r")
    written = [screen.take()]
    screen.feed("\n\rinner 1\x1b[A\r")
    written.append(screen.take())
    screen.feed("outer 1")
    written.append(screen.take())
    assert written == ["inner 0", "\rinner 1", "\router 1"]
    assert jupyterlab([*written, screen.finish()]) == "outer 1\ninner 1"


def test_lines_after_a_bar_flow_again_once_it_is_out_of_reach() -> None:
    screen = Screen()
    screen.feed("outer\ninner\x1b[A\r")
    screen.feed("".join(f"line {number}\n" for number in range(20)))
    screen.take()
    screen.feed("next\n")
    assert screen.take().endswith("next\n")


def test_lines_after_a_shown_cursor_flow_at_once() -> None:
    screen = Screen()
    screen.feed("\x1b[?25la\nb\r\x1b[2K\x1b[1A\x1b[2KA\nB\n\x1b[?25h")
    screen.feed("one\ntwo\n")
    assert jupyterlab([screen.take()]) == "A\nB\none\ntwo\n"


def test_lines_above_a_spinner_come_with_its_next_frame() -> None:
    screen = Screen()
    written = []
    for text in ["\x1b[?25l* working", "\r\x1b[2Kstep 1\n* working", "\r\x1b[2K+ working"]:
        screen.feed(text)
        written.append(screen.take())
    assert visible(jupyterlab(written)) == ["step 1", "+ working"]


def test_the_first_picture_of_a_display_is_held_back() -> None:
    screen = Screen()
    screen.feed("\x1b[?25lhead\nbody")
    assert screen.take() == "body"
    screen.feed("\r\x1b[2K\x1b[1A\x1b[2KHEAD\nBODY\n\x1b[?25h")
    assert jupyterlab(["body", screen.finish()]) == "HEAD\nBODY\n"


def test_a_line_that_was_shown_and_did_not_change_is_not_shown_again() -> None:
    screen = Screen()
    screen.feed("head\nbody 1\n")
    first = screen.take()
    screen.feed("\x1b[2Ahead\nbody 2\n")
    assert jupyterlab([first, screen.finish()]) == "head\nbody 1\nbody 2\n"


def test_the_cursor_goes_up_a_limited_way() -> None:
    text = "".join(f"{number}\n" for number in range(100)) + "\x1b[99Ax"
    assert visible("".join(outputs(text)))[100 - CLIMB_LIMIT] == f"x{str(100 - CLIMB_LIMIT)[1:]}"


def test_a_sequence_that_never_ends_does_not_swallow_the_output() -> None:
    screen = Screen()
    screen.feed("\x1bP")
    for _ in range(20):
        screen.feed("x" * 65536)
    assert len(screen.take()) >= 65536 * 16


def test_nothing_comes_after_the_end() -> None:
    screen = Screen()
    screen.feed("\x1b[31mred\x1b[")
    assert screen.finish() == "\x1b[31mred\x1b[0m"
    assert screen.finish() == ""
