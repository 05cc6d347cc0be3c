"""A class of thirty with thirty really different Pythons, from the course to what helps most.

The teacher's part, the students' and the chat between them are all real; what is true of each
student is known because it was made so, and is not asked of ipymod.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from environments import REPOSITORY
from kernels import LiveKernel
from package_environments import write_wheel
from real_launchers import BUILT_WITH, base, python, uv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

T = TypeVar("T")

LINE = "ipymod-ready=1"
WHOLE = ("calc==1.2", "frames==2.1", "plotkit==1.0", "reader==0.3")
HELD_BACK = "[externally-managed]\nError=This Python belongs to the system.\n"


@dataclass(frozen=True)
class Student:
    """One student: what the Python is made of, and what is therefore true.

    Attributes:
        has: what is installed beside ipymod; None where there is no ipymod.
        how: `venv`, `base` (a Python of pyenv as it is), or `managed` (a system's, with its mark).
        gone: a module that somebody deleted.
        beside: a file beside the notebooks that hides a module.
        no_data: whether the file of data is not there.
        in_kernel: whether it is asked in a notebook.
        truth: what is not so, and how, as a line tells it.
    """

    name: str
    version: str
    has: tuple[str, ...] | None = WHOLE
    how: str = "venv"
    gone: str = ""
    beside: str = ""
    no_data: bool = False
    in_kernel: bool = False
    truth: frozenset[tuple[str, str]] = field(default=frozenset())

    @property
    def state(self) -> str:
        if self.has is None:
            return "unknown"
        return "no" if self.truth else "yes"


def but(*others: str, without: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The whole, some of it in other versions or not at all."""
    names = {each.partition("==")[0] for each in others} | set(without)
    return (*(each for each in WHOLE if each.partition("==")[0] not in names), *others)


def student(name: str, version: str, *truth: tuple[str, str], **made: Any) -> Student:
    return Student(name, version, truth=frozenset(truth), **made)


NO_FRAMES: dict[str, Any] = {"has": but(without=("frames",))}
OLD_FRAMES: dict[str, Any] = {"has": but("frames==1.5")}
NO_DATA = ("file-1", "absent")
WRONG = ("python", "wrong")
NO_IPYMOD = ("ipymod", "missing")

CLASS = (
    student("Ada Lovelace", "3.11"),
    student("Grace Hopper", "3.12"),
    student("Emmy No\u00ebther", "3.12", in_kernel=True),
    student("\u6bdb\u6cfd\u4e1c", "3.11"),
    student("Jean-Luc Picard", "3.12"),
    student("April May", "3.11", ("frames", "missing"), **NO_FRAMES),
    student("O'Brien", "3.12", ("frames", "missing"), **NO_FRAMES, in_kernel=True),
    student("\u0141ukasz", "3.11", ("frames", "missing"), **NO_FRAMES),
    student("Alan Turing", "3.11", ("frames", "1.5"), **OLD_FRAMES),
    student("Kim Young", "3.12", ("frames", "1.5"), **OLD_FRAMES),
    student("Lee", "3.11", ("frames", "1.5"), **OLD_FRAMES, in_kernel=True),
    student("Zo\u00eb M\u00fcller", "3.12", ("frames", "4.0"), has=but("frames==4.0")),
    student("Ed", "3.11", ("plotkit", "missing"), has=but(without=("plotkit",))),
    student("Ann-Kathrin", "3.12", ("plotkit", "missing"), has=but(without=("plotkit",))),
    student("Bob", "3.11", ("reader", "broken"), gone="reader"),
    student("Carol", "3.12", ("reader", "broken"), gone="reader"),
    student("Dave", "3.12", ("calc", "shadowed"), beside="calc.py"),
    student("Eve", "3.13", WRONG),
    student("Frank", "3.13", WRONG, ("plotkit", "missing"), has=but(without=("plotkit",))),
    student("Gil", "3.11", NO_DATA, no_data=True),
    student("Hana", "3.12", NO_DATA, no_data=True),
    student(
        "Ivan", "3.12", ("frames", "missing"), ("kernel", "readonly"), how="managed", **NO_FRAMES
    ),
    student(
        "Judy",
        "3.11",
        *(("frames", "1.5"), ("plotkit", "missing"), NO_DATA),
        has=but("frames==1.5", without=("plotkit",)),
        no_data=True,
    ),
    student(
        "Karl",
        "3.12",
        *(("plotkit", "missing"), ("reader", "broken")),
        has=but(without=("plotkit",)),
        gone="reader",
    ),
    student("Liv", "3.12", NO_IPYMOD, has=None),
    student("Mia", "3.11", NO_IPYMOD, has=None),
    student("Ned", "3.10", WRONG, NO_IPYMOD, has=None, how="base"),
    student("Ola", "3.8", WRONG, NO_IPYMOD, has=None, how="base"),
    student("Pia", "3.6", WRONG, NO_IPYMOD, has=None, how="base"),
    student("Quinn", "2.7", WRONG, NO_IPYMOD, has=None, how="base"),
)

COURSE = {
    "pyproject.toml": '[project]\nname = "gapminder"\nversion = "1"\n'
    'requires-python = ">=3.11,<3.13"\n',
    "requirements.txt": "frames>=2,<4\nplotkit\ncalc>=1\nreader\n",
    "1-read.ipynb": 'import json\nimport reader\ntable = reader.read("data/points.csv")',
    "2-compute.ipynb": "import calc\nimport frames",
    "3-draw.ipynb": "import frames\nimport plotkit",
    "data/points.csv": "x,y\n1,2\n",
}


def notebook(source: str) -> str:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    cells = [cell | {"id": "one", "source": source}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@dataclass(frozen=True)
class School:
    """Where it all happens: a folder of wheels, the teacher's course, a folder a student."""

    root: Path

    @property
    def wheels(self) -> Path:
        return self.root / "wheels"

    @property
    def check(self) -> Path:
        return self.root / "gapminder-ready.py"

    def folder(self, student: Student) -> Path:
        return self.root / "students" / str(CLASS.index(student))

    def python(self, student: Student) -> str:
        if student.how == "base":
            return python(student.version)
        return str(self.folder(student) / "python/bin/python")

    # -- the teacher

    def make_wheels(self) -> None:
        self.wheels.mkdir()
        for each in (*WHOLE, "frames==1.5", "frames==4.0"):
            name, _, version = each.partition("==")
            write_wheel(self.wheels, name, version, {f"{name}.py": f"VERSION = {version!r}\n"})
        uv("build", "--wheel", "-o", str(self.wheels), str(REPOSITORY))

    def make_check(self) -> None:
        for path, text in COURSE.items():
            file = self.root / "course" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            is_notebook = path.endswith(".ipynb")
            file.write_text(notebook(text) if is_notebook else text, "utf-8")
        self.ipymod("ready", "course", "--to", str(self.check))

    def ipymod(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ipymod", *words]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)

    # -- the students

    def arrive(self, student: Student) -> None:
        """Make the Python and the folder of one student."""
        folder = self.folder(student)
        shutil.copytree(self.root / "course", folder / "course")
        shutil.copy(self.check, folder / "course")
        if student.no_data:
            (folder / "course/data/points.csv").unlink()
        if student.beside:
            (folder / "course" / student.beside).write_text("a = 1\n", "utf-8")
        if student.how == "venv":
            uv("venv", "--seed", "--python", python(student.version), str(folder / "python"))
        elif student.how == "managed":
            self.of_the_system(folder / "python", student.version)
        if student.has is not None:
            self.install(student)
        for library in (folder / "python").glob("lib/python*"):
            (library / f"site-packages/{student.gone or 'nothing'}.py").unlink(missing_ok=True)
            if student.how == "managed":
                (library / "EXTERNALLY-MANAGED").write_text(HELD_BACK, "utf-8")

    @staticmethod
    def of_the_system(at: Path, version: str) -> None:
        """A Python of its own, by hard links, with nothing installed but pip."""
        left_out = ("site-packages", "test", "idlelib", "tkinter", "config-*", "include", "share")
        shutil.copytree(
            *(base(version), at),
            symlinks=True,
            copy_function=linked,
            ignore=shutil.ignore_patterns(*left_out),
        )
        library = f"lib/python{version}/site-packages"
        shutil.copytree(base(version) / library / "pip", at / library / "pip")
        for told in (base(version) / library).glob("pip-*"):
            shutil.copytree(told, at / library / told.name)

    def install(self, student: Student) -> None:
        """Install ipymod, with all that it needs only where a kernel is started."""
        options = ["--find-links", str(self.wheels), "--python", self.python(student)]
        options += ["--break-system-packages"] if student.how == "managed" else []
        if student.in_kernel:
            uv("pip", "install", *options, "ipymod", *student.has or ())
        else:
            alone = ["--no-deps", "--no-index"]
            uv("pip", "install", *alone, *options, "ipymod", *student.has or ())

    def in_a_cell(self, student: Student) -> str:
        """All that a student sees who has loaded ipymod."""
        with LiveKernel(self.python(student), self.folder(student) / "course") as kernel:
            kernel.run("%load_ext ipymod")
            shown = kernel.run(f"%whichpip --ready {self.check.name}")
        assert shown.result, shown
        return str(shown.result["text/plain"])

    def in_a_terminal(self, student: Student) -> str:
        """The same; without ipymod the check itself is started."""
        module = ["-m", "ipymod", "ready"] if student.has is not None else []
        return self.ask(student, *module, self.check.name).stdout

    def ask(self, student: Student, *words: str) -> subprocess.CompletedProcess[str]:
        environ = BUILT_WITH | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        command = [self.python(student), *words]
        place = self.folder(student) / "course"
        return subprocess.run(
            command, cwd=place, env=environ, capture_output=True, text=True, check=False
        )

    def count(self, chat: str) -> dict[str, Any]:
        (self.root / "chat.txt").write_text(chat, "utf-8")
        words = ["chat.txt", "--check", str(self.check), "--to", "class.html", "--json"]
        done = self.ipymod("class", *words)
        assert done.returncode == 1, done
        told: dict[str, Any] = json.loads(done.stdout)
        return told


def all_of(act: Callable[[Student], T], students: Iterable[Student]) -> list[T]:
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(act, students))


def linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def line_of(answer: str) -> str:
    (line,) = [each for each in answer.splitlines() if each.startswith(LINE)]
    return line


SMART = str.maketrans({" ": "\u00a0", "-": "\u2011"})  # what a word processor makes of them


def chat_of(lines: dict[str, str]) -> str:
    """The lines as thirty people paste them, with what happens on the way."""
    told = []
    for number, (name, line) in enumerate(lines.items()):
        time = f"10:{number:02}"
        told.append(
            [
                f"{name}  {time}\n{line}",
                f"[21/11/2026, {time}:07] {name}: {line}",
                f"On Sat, Nov 21, 2026 at {time} AM {name} <x@y.org> wrote:\n\n> "
                + line.replace("; ", ";\n> "),
                f"{name}\n  {time} AM\n```\n{line}\n```",
                f"{name} \u2014 Today at {time}\nhere it comes: `{line}` \U0001f600",
                f"{time}:05\t From {name} to Everyone:\n\t{line.upper()}",
                f"{name} {time}\n\u201c{line.translate(SMART)}\u201d",
                f"{name} {time}\n"
                + "\n".join(line[at : at + 31] for at in range(0, len(line), 31)),
            ][number % 8]
        )
    told.insert(9, "Alan Turing  10:00\nthanks, that was easy!")
    first, *_, last = lines.items()
    told += [f"{first[0]}  11:00\n{first[1]}", f"{last[0]}  11:01\n{last[1]}"]  # once more
    told += [f"Nobody  11:02\n{last[1][:60]}"]
    return "\n\n".join(told) + "\n"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    school = School(tmp_path_factory.mktemp("school"))
    school.make_wheels()
    school.make_check()
    all_of(school.arrive, CLASS)
    yield school
    shutil.rmtree(school.root / "students")


def test_a_class_of_thirty_is_counted_as_it_is_and_the_best_fix_helps_as_many_as_it_says(
    school: School,
) -> None:
    assert len(CLASS) == len({each.name for each in CLASS}) == 30
    in_cells = {each: school.in_a_cell(each) for each in CLASS if each.in_kernel}
    others = [each for each in CLASS if not each.in_kernel]
    answers = in_cells | dict(zip(others, all_of(school.in_a_terminal, others), strict=True))
    lines = {each.name: line_of(answers[each]) for each in CLASS}
    told = school.count(chat_of(lines))

    # The table agrees with what was made.
    found = {each["name"]: each for each in told["students"]}
    assert {name: (each["state"], faults_of(each)) for name, each in found.items()} == {
        each.name: (each.state, each.truth) for each in CLASS
    }
    assert told["ready"] == sum(each.state == "yes" for each in CLASS) == 5
    assert [(each["name"], each["reason"][:7]) for each in told["unread"]] == [
        ("Nobody", "cut off")
    ]
    assert told["doubled"] == ["Ada Lovelace", "Quinn"]
    counts = {each["what"]: each["count"] for each in told["missing"] if each["kind"] == "install"}
    assert counts == {"frames": 9, "plotkit": 5}

    # What helps most helps just as many.
    best = told["helps"][0]
    assert (best["what"], best["ready"], best["others"]) == ("frames", 7, 2)
    concerned = [each for each in CLASS if any(what == "frames" for what, _ in each.truth)]
    assert len(concerned) == best["ready"] + best["others"]
    refused = all_of(lambda each: do(school, each, best["command"]), concerned)
    assert [bool(each) for each in refused] == [each.how == "managed" for each in concerned]
    after = all_of(lambda each: asked_again(school, each), concerned)
    assert after.count("yes") == best["ready"]
    page = (school.root / "class.html").read_text("utf-8")
    assert all(each.name.replace("'", "&#x27;") in page for each in CLASS)


def faults_of(told: dict[str, Any]) -> frozenset[tuple[str, str]]:
    """What is not so; a remark is none of it."""
    return frozenset((what, how) for what, how in told["faults"] if what != "do")


def do(school: School, student: Student, command: str) -> int:
    """Type a line of `%pymod` as a terminal has it."""
    magic, *words = shlex.split(command)
    assert magic == "%pymod"
    return school.ask(student, "-m", *words).returncode


def asked_again(school: School, student: Student) -> str:
    answer = school.ask(student, "-m", "ipymod", "ready", school.check.name).stdout
    (state,) = [each for each in line_of(answer).split("; ") if each.startswith("state=")]
    return state.partition("=")[2]
