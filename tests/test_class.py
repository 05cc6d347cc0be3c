"""`ipymod class`: a pile of lines becomes a table, a picture, and what helps most."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import time
from html.parser import HTMLParser
from itertools import combinations
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipymod.classroom.judge import helped, judge
from ipymod.classroom.model import Fix, Sent
from ipymod.classroom.names import who
from ipymod.cli import main
from ipymod.ready.check import Check, Need, dumps
from ipymod.ready.line import SYSTEMS, Line, encode, seat
from ipymod.ready.program import program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHECK = Check(
    "Gapminder for beginners",
    needs=(
        Need("matplotlib", modules=("matplotlib",)),
        Need("numpy", ">=1.26,<3", ("numpy",)),
        Need("pandas", ">=2", ("pandas",)),
        Need("seaborn", modules=("seaborn",), optional=True),
    ),
    python=">=3.11",
    files=("data/gapminder.csv", "data/countries.csv"),
)


def line(name: str, *faults: tuple[str, str], **other: str) -> str:
    state = other.pop("state", "no" if faults else "yes")
    given = {"course": CHECK.id, "python": "3.12.1", "os": "linux"} | other
    return encode(Line(**given, seat=seat("", [name]), state=state, faults=faults))


Told = dict[str, Any]


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """What `--json` says of a text."""

    def tell(text: str | bytes, *words: str) -> Told:
        file = tmp_path / "lines.txt"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        status = main(["class", str(file), "--json", *words])
        out, err = capsys.readouterr()
        assert status in {0, 1}, err
        found: Told = json.loads(out)
        everybody_is = all(each["state"] == "yes" for each in found["students"])
        assert status == (0 if everybody_is else 1)
        return found

    return tell


@pytest.fixture
def check(tmp_path: Path) -> str:
    file = tmp_path / "gapminder-ready.json"
    file.write_text(dumps(CHECK), "utf-8")
    return str(file)


WRAP = "\n> "
CLASS = f"""\
Ada Lovelace  10:31
{line("ada")}
Grace Hopper  10:32
> {line("grace", ("pandas", "missing")).replace(" ", WRAP)}
[21/11/2026, 10:33:00] Emmy Noether: {line("emmy", ("pandas", "1.5.3"), ("numpy", "1.24.0"))}
Zo\u00eb  10:34
```
{line("zoe", ("numpy", "1.24.0"), ("file-2", "absent")).upper()}
```
Kim  10:35
ModuleNotFoundError: No module named 'ipymod'
"""


def test_a_class_in_a_terminal(
    check: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "chat.txt").write_text(CLASS, "utf-8")
    assert main(["class", str(tmp_path / "chat.txt"), "--check", check]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert (
        out
        == """\
1 of 5 is ready for Gapminder for beginners

  who           Python  system  what is missing
  Grace Hopper  3.12.1  Linux   pandas missing
  Emmy Noether  3.12.1  Linux   pandas 1.5.3 (needs >=2), numpy 1.24.0 (needs
                                >=1.26,<3)
  Zo\u00eb           3.12.1  Linux   numpy 1.24.0 (needs >=1.26,<3),
                                data/countries.csv missing
  Kim                           no ipymod
  Ada Lovelace  3.12.1  Linux   OK

Missing how often
  numpy               ████████████████████████ 2: 1.24.0 (2)
  pandas              ████████████████████████ 2: missing (1), 1.5.3 (1)
  data/countries.csv  ████████████ 1
  no ipymod           ████████████ 1

What helps most
  pandas: makes 1 ready, 1 more needs something else, too
    %pymod pip install "pandas>=2"
  numpy: then makes 1 ready, 1 more needs something else, too
    %pymod pip install "numpy>=1.26,<3"
  data/countries.csv: then makes 1 ready; send this file of the course again
  pandas, numpy in one line: make 2 ready
    %pymod pip install "pandas>=2" "numpy>=1.26,<3"
  ipymod: 1 has none yet, and can be checked after it
    %pip install ipymod
"""
    )


def test_one_line_for_all_is_given_only_if_it_helps_more_than_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.txt"
    bob, both = line("bob", ("pandas", "missing")), (("pandas", "missing"), ("numpy", "missing"))
    for other, is_given in (
        (line("eve", ("kernel", "readonly"), *both), False),
        (line("eve", *both), True),
    ):
        file.write_text(f"{bob}\n{other}\n", "utf-8")
        main(["class", str(file)])
        assert ("in one line: make 2 ready" in capsys.readouterr().out) == is_given


def test_without_the_check_no_version_is_guessed(told: Callable[..., Told]) -> None:
    commands = {each["what"]: each["command"] for each in told(CLASS)["helps"]}
    assert commands == {"pandas": "", "numpy": "", "file 2": ""}
    alone = line("ada", ("pandas", "missing"))
    assert told(alone)["helps"][0]["command"] == "%pymod pip install pandas"


def test_all_ready_is_status_0(told: Callable[..., Told]) -> None:
    assert told(f"{line('ada')}\n{line('bob')}")["ready"] == 2


def test_who_is_counted_once_and_the_last_line_counts(told: Callable[..., Told]) -> None:
    missing = ("pandas", "missing")
    text = "\n".join(
        [
            f"Ada 10:31\n{line('ada', missing)}",
            f"Bob 10:31\n{line('bob')}",
            f"Ada 10:40\n{line('ada in a new environment')}",  # another prefix, the same student
            line("bob", missing),  # without a name, the same seat
            "Kim 10:41\n/usr/bin/python: No module named ipymod",
            f"Kim 10:45\n{line('kim')}",
            f"{line('nobody', missing)} {line('nobody')}",
        ]
    )
    found = told(text)
    states = {str(each["name"] or each["seat"]): each["state"] for each in found["students"]}
    assert states == {"Ada": "yes", "Bob": "no", "Kim": "yes", seat("", ["nobody"]): "yes"}
    assert found["doubled"] == ["Ada", "Bob", seat("", ["nobody"])]


def test_two_students_of_one_name_or_one_seat_are_two(told: Callable[..., Told]) -> None:
    same_words = "".join(f"Student: {line(each)}\n" for each in "abc")
    assert len(told(same_words)["students"]) == 3
    same_seat = f"Ada 10:31\n{line('image')}\nBob 10:32\n{line('image')}\n"
    assert [each["name"] for each in told(same_seat)["students"]] == ["Ada", "Bob"]


def test_a_kernel_without_ipymod_is_told_in_any_words(told: Callable[..., Told]) -> None:
    text = (
        "Ada 10:31\nModuleNotFoundError                       Traceback (most recent call last)\n"
        "Cell In[1], line 1\n----> 1 import ipymod\n\n"
        "ModuleNotFoundError: No module named 'ipymod'\n\n\n\n"
        "Bob 10:32\nUsageError: Line magic function `%whichpip` not found.\n\n\n\n"
        "Eve 10:33\nC:\\Python311\\python.exe: No module named ipymod\n\n\n\n"
        "[10:34] Ida: I get No module named ipymod\n"
        "[10:35] Jon: No module named ipymod, No module named ipymod\n\n\n\n"
        f"{line('kim', ('ipymod', 'missing'), state='unknown', python='3.8.1')}\n"
    )
    found = told(text)
    assert [(each["name"], each["state"]) for each in found["students"]] == [
        ("Ada", "unknown"),
        ("Bob", "unknown"),
        ("Eve", "unknown"),
        ("Ida", "unknown"),
        ("Jon", "unknown"),
        ("", "unknown"),
    ]
    assert found["missing"] == [{"what": "no ipymod", "kind": "ipymod", "count": 6, "alone": 6}]
    assert found["helps"] == []


def test_what_cannot_be_read_is_told_with_its_place(told: Callable[..., Told], check: str) -> None:
    ada = line("ada")
    text = "\n".join(
        [
            f"Ada 10:31\n{ada}",
            f"Bob 10:32\n{ada[:70]}",
            f"Eve 10:33\n{ada.replace('3.12.1', '3.12.2')}",
            f"Kim 10:34\n{line('kim', course='knitting-123456')}",
            f"Lee 10:35\n{line('lee', course=CHECK.id[:-6] + 'ffffff')}",
        ]
    )
    found = told(text, "--check", check)
    assert [each["name"] for each in found["students"]] == ["Ada"]
    lines = [(each["line"], each["name"], each["reason"]) for each in found["unread"]]
    assert [each[:2] for each in lines] == [(4, "Bob"), (6, "Eve"), (8, "Kim"), (10, "Lee")]
    beginnings = ("cut off", "changed on its way", "of another course, knitting-123456")
    for (_, _, reason), beginning in zip(lines, (*beginnings, "of another check"), strict=True):
        assert str(reason).startswith(beginning)


def test_without_a_check_most_lines_say_which_course_it_is(told: Callable[..., Told]) -> None:
    text = "\n".join([line("kim", course="knitting-123456"), line("ada"), line("bob")])
    found = told(text)
    assert found["course"] == CHECK.id
    assert [each["line"] for each in found["unread"]] == [1]


def test_remarks_and_what_is_optional_keep_nobody_from_being_ready(
    told: Callable[..., Told], check: str
) -> None:
    faults = (("seaborn", "missing"), ("do", "pip-elsewhere"), ("pandas", "missing"))
    found = told(line("ada", *faults), "--check", check)
    assert [(each["what"], each["ready"]) for each in found["helps"]] == [("pandas", 1)]
    assert told(line("ada", faults[1], state="yes"))["ready"] == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (("pandas", "missing"), "install"),
        (("pandas", "1.5"), "install"),
        (("pandas", "broken"), "reinstall"),
        (("pandas", "shadowed"), "rename"),
        (("file-1", "absent"), "fetch"),
        (("python", "wrong"), "python"),
        (("kernel", "readonly"), "place"),
        (("ipymod", "missing"), "ipymod"),
        (("kernel", "missing"), "install"),
        (("python", "3.8"), "install"),
    ],
)
def test_each_fault_has_its_fix(
    fault: tuple[str, str], kind: str, told: Callable[..., Told]
) -> None:
    found = told(line("ada", fault))
    assert [each["kind"] for each in found["missing"]] == [kind]
    is_sure = kind in {"install", "reinstall", "rename", "fetch"}
    assert [each["ready"] for each in found["helps"]] == [1] * is_sure


FAULTS = st.sampled_from(
    [
        ("pandas", "missing"),
        ("pandas", "1.5"),
        ("numpy", "missing"),
        ("numpy", "broken"),
        ("scipy", "2.0"),
        ("file-1", "absent"),
        ("python", "wrong"),
        ("kernel", "readonly"),
    ]
)


@given(st.lists(st.lists(FAULTS, max_size=4, unique=True), max_size=12))
def test_each_step_helps_as_many_as_it_says_and_none_helps_more(
    faults: list[list[tuple[str, str]]],
) -> None:
    sent = [
        Sent("", number, Line("a-b", str(number), "3.12", "linux", "no", tuple(each)))
        for number, each in enumerate(faults)
        if each
    ]
    room = judge(sent)
    done: list[Fix] = []
    for step in room.steps:
        before = helped(room.students, done)
        possible = {each.fix for each in room.steps} - set(done)
        best = max(helped(room.students, [*done, fix]) - before for fix in possible)
        done.append(step.fix)
        assert helped(room.students, done) - before == step.ready == best
    for some in range(len(done) + 1):
        assert all(
            helped(room.students, each) <= helped(room.students, done)
            for each in combinations(done, some)
        )
    assert sum(lack.count for lack in room.lacks) == sum(len(s.fixes) for s in room.students)


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("[21/11/2026, 10:32:15] Ada Lovelace: ", "Ada Lovelace"),  # WhatsApp
        ("21/11/2026, 10:32 - Ada Lovelace: ", "Ada Lovelace"),
        ("10:32:05\t From Ada Lovelace to Everyone:\n\t", "Ada Lovelace"),  # Zoom
        ("Ada Lovelace\n  10:32 AM\n", "Ada Lovelace"),  # Slack
        ("Ada Lovelace \u2014 Today at 10:32 AM\n", "Ada Lovelace"),  # Discord
        ("[10:32 AM] Ada Lovelace\n", "Ada Lovelace"),  # Teams
        ("10:32 <ada> ", "ada"),  # IRC
        ("On Sat, Nov 21, 2026 at 10:32 AM Ada <ada@x.org> wrote:\n\n> ", "Ada"),  # mail
        ("Am 21.11.2026 um 10:32 schrieb Ada Lovelace:\n> ", "Ada Lovelace"),
        ('2026-11-21T10:32:01Z,"Ada Lovelace",ada@x.org,"', "Ada Lovelace"),  # a form, as CSV
        ("1,ada@x.org,", "ada@x.org"),
        ("| Ada | ", "Ada"),
        ("Ada:\n```\n", "Ada"),
        ("Lovelace, Ada: ", "Lovelace, Ada"),
        ("\u6bdb\u6cfd\u4e1c 10:32\n", "\u6bdb\u6cfd\u4e1c"),
        ("April May 10:32\n", "April May"),
        ("Ada Lovelace, 10:32\nhi all, here it comes\n", "Ada Lovelace"),
        ("Ada 10:32\nhere is mine, sorry: `", "Ada"),
        ("1. ", ""),
        ("> ", ""),
        ("Out[3]: '", ""),
        ("here is my line: ", ""),
        ("Send your instructor this line; it holds no name and no path:\n\n", ""),
    ],
)
def test_a_name_is_taken_from_what_a_chat_writes_before_a_line(before: str, name: str) -> None:
    assert who(before)[0] == name


@given(st.text(max_size=300))
def test_any_words_before_a_line_give_a_short_name_of_one_line(before: str) -> None:
    name, _ = who(before)
    assert len(name) <= 120
    assert name.isprintable()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_file_of_any_editor_is_read(encoding: str, told: Callable[..., Told]) -> None:
    text = f"Zo\u00eb  10:31\r\n{line('zoe')}\r\n"
    assert [each["name"] for each in told(text.encode(encoding))["students"]] == ["Zo\u00eb"]


def test_a_shell_completes_any_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "--words", "class", ""]) == 0
    assert capsys.readouterr().out == "files\n"


# -- bad input


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "no student's line is in"),
        (b"hello\n", "no student's line is in"),
        (b"ipymod-ready=1; course=a-123456; seat=", "no line can be counted: "),
        (program(CHECK, "x-ready.py").encode(), "is the check; give the students' lines"),
        (b"PK\x03\x04docx", "save it as plain text"),
        (b"\xff" * 100, "no student's line is in"),
    ],
)
def test_what_holds_no_line_is_told_in_one_line(
    content: bytes, wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.txt"
    file.write_bytes(content)
    assert main(["class", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert wrong in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ([], "required: FILE"),
        (["nothing.txt"], "nothing.txt cannot be read: No such file or directory"),
        (["."], ". is a folder"),
        (["https://example.org/chat"], "is an address, and nothing is fetched"),
        (["a\0b"], "cannot be read"),
        (["x.txt", "--to", "class.pdf"], "--to wants a file that ends in .html, .svg, "),
        (["x.txt", "--to", ""], "--to wants a file that ends in"),
        (["x.txt", "--check", "nothing.py"], "there is no file nothing.py"),
    ],
)
def test_wrong_use_is_told_in_one_line(
    words: list[str], wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["class", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, wrong in err, err.count("\n")) == ("", True, 1), err


def test_a_place_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lines.txt").write_text(line("ada"), "utf-8")
    to = str(tmp_path / "no" / "class.html")
    assert main(["class", str(tmp_path / "lines.txt"), "--to", to]) == 2
    assert "cannot be written: No such file" in capsys.readouterr().err


def test_standard_input_is_a_file_too() -> None:
    command = [sys.executable, "-m", "ipymod", "class", "-", "--json"]
    end = subprocess.run(command, input=CLASS.encode(), capture_output=True, check=False)
    assert end.returncode == 1
    assert len(json.loads(end.stdout)["students"]) == 5


# -- hostile text

HOSTILE = [
    "<script>alert(1)</script>",
    "</svg></title><img src=x onerror=alert(1)>",
    "\x1b[31mred\x07\x9b1m",
    "\u202etxet\u2066",
    "+cmd|' /c calc'!A1",
    "@SUM(A1)",
    "| pipe | `code` $x$ [a](b)",
    "&lt;b&gt;&amp;",
    "a" * 5000,
    "\U0001f600\u0300" * 300,
]
HOSTILE_CLASS = "".join(
    f"{name} 10:31\n{line(name, ('pandas', 'missing'))}\n\n" for name in HOSTILE
)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture
def written(tmp_path: Path, check: str) -> Callable[[str, str], str]:
    def write(text: str, ending: str) -> str:
        (tmp_path / "lines.txt").write_text(text, "utf-8")
        to = tmp_path / f"class.{ending}"
        words = [str(tmp_path / "lines.txt"), "--check", check, "--to", str(to)]
        assert main(["class", *words]) == 1
        return to.read_text("utf-8")

    return write


def test_a_hostile_name_is_text_in_a_page(written: Callable[[str, str], str]) -> None:
    page = written(HOSTILE_CLASS, "html")
    tags = Tags()
    tags.feed(page)
    assert tags.found.isdisjoint({"script", "img", "b", "a", "iframe", "link"})
    assert not {name for name in tags.attributes if name.startswith(("on", "href", "src"))}
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")


@pytest.mark.parametrize("text", [CLASS, HOSTILE_CLASS])
def test_the_picture_is_well_formed_and_says_what_it_shows(
    text: str, written: Callable[[str, str], str]
) -> None:
    root = ET.fromstring(written(text, "svg"))  # noqa: S314  our own file
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text
    assert "Missing how often: " in title.text


def test_a_spreadsheet_computes_nothing(written: Callable[[str, str], str]) -> None:
    rows = list(csv.reader(io.StringIO(written(HOSTILE_CLASS, "csv"))))
    assert len(rows) == len(HOSTILE) + 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("ending", ["txt", "md", "json"])
def test_other_forms_hold_a_hostile_name_in_one_line(
    ending: str, written: Callable[[str, str], str]
) -> None:
    text = written(HOSTILE_CLASS, ending)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert ending != "md" or "<script" not in text


def test_a_row_in_markdown_has_as_many_cells_as_its_head(
    written: Callable[[str, str], str],
) -> None:
    rows = [row for row in written(HOSTILE_CLASS, "md").splitlines() if row.startswith("| ")]
    cells = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    assert cells == {6, 3}  # of students, of what is missing


def test_a_table_in_a_terminal_stays_in_its_columns(written: Callable[[str, str], str]) -> None:
    assert max(map(len, written(HOSTILE_CLASS, "txt").splitlines())) <= 80


def test_a_flood_of_lines_and_a_long_line_take_seconds_at_most(told: Callable[..., Told]) -> None:
    started = time.monotonic()
    flood = "\n".join(
        encode(Line(CHECK.id, str(number), "3.12", SYSTEMS[0], "yes")) for number in range(5000)
    )
    found = told("x" * 2_000_000 + f"\nAda 10:31\n{flood}" + "\nipymod-ready=1;" * 5000)
    assert len(found["students"]) == 5000
    assert len(found["unread"]) == 5000
    assert time.monotonic() - started < 20
