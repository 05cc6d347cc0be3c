"""What the README shows is so: its lines can be typed, and its comparison is observed."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import distribution
from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY
from ipymod.checks import REGISTRY
from ipymod.cli import main
from ipymod.commands import COMMANDS
from ipymod.facts import from_json
from ipymod.facts.everything import Facts
from ipymod.report import build
from ipymod.run.options import OPTIONS, parse
from ipymod.run.tokens import arguments
from ipymod.whichpip import magic
from kernels import LiveKernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kernels import Output

    Run = Callable[[str], Output]

README = (REPOSITORY / "README.md").read_text("utf-8")
LINES = re.findall(r"`%%?pymod ([^`?]+)`", README)
WHICHPIP = re.findall(r"`(%|ipymod )whichpip ([^`]+)`", README)
COMMANDS_SHOWN = re.findall(r"`ipymod ((?!whichpip)[a-z]+[^`]*)`", README)
NAMES = {"words": "three small words", "names": ["a", "b"]}
LONGEST = 4  # seconds; who has not ended by then waits for ever

MODULES = {
    "argv": "import sys\nprint(sys.argv[1:])\n",
    "three": "import sys\nsys.exit(3)\n",
    "ask": "print('got', input('Name? '))\n",
    "complain": "import sys\nprint('complaint', file=sys.stderr)\n",
    "change": "import os\nos.environ['LEFT'] = '1'\n",
    "pip": "print('not pip')\n",
}


def in_subprocess(line: str) -> str:
    words = [word if word.startswith("$") else repr(word) for word in line.split()]
    listed = ", ".join(words).replace("$", "")
    # ipykernel shows such output a moment later, which can be after the end of the cell
    return f"ended = subprocess.run([sys.executable, '-m', {listed}])\ntime.sleep(1)"


WAYS: tuple[Callable[[str], str], ...] = (
    "%pymod {}".format,
    "!{{sys.executable}} -m {}".format,
    in_subprocess,
    "%run -m {}".format,
    "%%script {{sys.executable}} -m {}\n\n\n".format,  # the body has to be there, and be blank
)


# -- one word of the table each, as observed


def blanks(run: Run) -> str:
    return "one argument" if "['three small words']" in run("argv $words").stdout else "several"


def option(run: Run) -> str:
    output = run("argv --out x")
    if "UsageError" in output.stderr:
        return "is an error"
    return "reaches" if "['--out', 'x']" in output.stdout else "is swallowed"


def status(run: Run) -> str:
    return "stops Run All" if run("three").reply["status"] == "error" else "goes on"


def question(run: Run) -> str:
    try:
        output = run("ask")
    except TimeoutError:
        return "waits for ever"
    if "EOFError" in output.stderr:
        return "`EOFError`"
    return "is asked" if "got Ann" in output.stdout else "gets an empty answer"


def standard_error(run: Run) -> str:
    return "apart" if "complaint" in run("complain").stderr else "mixed in"


def surroundings(run: Run) -> str:
    run("change")
    left = run("os.environ.get('LEFT')")
    return "changes the kernel's" if left.result else "stays with"


def installer(run: Run) -> str:
    return "`pip.py` runs" if "not pip" in run("pip").stdout else "pip runs"


OBSERVED = {
    "`$words` with blanks": blanks,
    "option `--out x`": option,
    "exit status 3": status,
    "`input()` in the module": question,
    "standard error": standard_error,
    "the module changes `os.environ`": surroundings,
    "a `pip.py` in the folder, M is `pip`": installer,
}


@pytest.fixture(scope="module")
def module_kernel() -> Iterator[LiveKernel]:
    with pytest.MonkeyPatch.context() as patch:
        # ipykernel leaves alone what a test's child processes print; a user's kernel shows it
        patch.delenv("PYTEST_CURRENT_TEST")
        with LiveKernel() as kernel:
            yield kernel


@pytest.fixture
def kernel(module_kernel: LiveKernel, tmp_path: Path) -> LiveKernel:
    """A kernel as users have it, in a folder with our modules."""
    for name, source in MODULES.items():
        (tmp_path / f"{name}.py").write_text(source)
    if not module_kernel.usable:
        module_kernel.restart(now=True)
    lines = (
        "%load_ext ipymod",
        "import os, subprocess, sys, time",
        "os.environ.pop('LEFT', None);",
    )
    values = (f"words = {NAMES['words']!r}", f"%cd -q {tmp_path}")
    output = module_kernel.run("\n".join(lines + values))
    assert output.error is None, output.error
    return module_kernel


def comparison() -> dict[str, list[str]]:
    """The rows of the table, by their first cell."""
    section = README.partition("## Beside")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows[2:]}


def test_every_row_of_the_comparison_is_observed() -> None:
    assert set(comparison()) == set(OBSERVED)
    assert {len(row) for row in comparison().values()} == {len(WAYS)}


@pytest.mark.slow
@pytest.mark.parametrize("column", range(len(WAYS)))
@pytest.mark.parametrize("row", OBSERVED)
def test_the_comparison_says_what_happens(row: str, column: int, kernel: LiveKernel) -> None:
    def run(line: str) -> Output:
        cell = line if line.startswith("os.") else WAYS[column](line)
        return kernel.run(cell, answers=["Ann"], timeout=LONGEST)

    assert comparison()[row][column].startswith(OBSERVED[row](run))


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_readme_can_be_typed(line: str) -> None:
    assert parse(arguments(line, NAMES)).name or line.startswith("--")


def test_the_readme_shows_every_option() -> None:
    assert [o.flag for o in OPTIONS if not re.search(rf"{o.flag}[ `]", README)] == []
    assert "`--jobs`" in README


# -- %whichpip


def environment_of(project: Path) -> Path:
    """The scripts folder of a new environment, with the pip that we run with."""
    prefix = project / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(prefix)], check=True)
    (site,) = prefix.glob("lib/*/site-packages")
    pip = distribution("pip")
    for name in ("pip", f"pip-{pip.version}.dist-info"):
        (site / name).symlink_to(str(pip.locate_file(name)))
    for name in ("pip", "pip3"):
        script = prefix / "bin" / name
        script.write_text(
            f"#!{prefix}/bin/python\nfrom pip._internal.cli.main import main\nmain()\n"
        )
        script.chmod(0o755)
    (site / "__editable__.ipymod.pth").write_text(str(REPOSITORY / "src"))
    return prefix / "bin"


def seen_by_ada(root: Path) -> str:
    """The facts in her course, as JSON, while the environment of her thesis is on PATH."""
    ada = root / "home" / "ada"
    course, thesis = environment_of(ada / "course"), environment_of(ada / "thesis")
    program = (
        "import json\nfrom ipymod.whichpip import magic\n"
        "print(json.dumps(magic('', {}, colour=False).json()['facts']))"
    )
    ended = subprocess.run(
        [str(course / "python"), "-c", program],
        cwd=ada / "course",
        env={"HOME": str(ada), "PATH": str(thesis), "PIP_CONFIG_FILE": os.devnull},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return ended.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="the README shows paths of Linux and macOS")
def test_the_report_in_the_readme_is_what_is_said_of_such_a_machine(tmp_path: Path) -> None:
    facts = seen_by_ada(tmp_path)
    for here, hers in (
        (str(tmp_path), ""),
        (sys.base_prefix, "/usr"),
        (platform.python_version(), "3.11.2"),
        ("{}.{}".format(*sys.version_info), "3.11"),
    ):
        facts = facts.replace(here, hers)
    shown = README.partition("In [4]: %whichpip\n")[2].partition("\n\nIn [5]")[0]
    assert build(from_json(Facts, json.loads(facts)), REGISTRY).text() == shown


@pytest.mark.parametrize(("face", "line"), WHICHPIP)
def test_a_line_of_whichpip_in_the_readme_can_be_typed(
    face: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if face == "%":
        assert magic(f"{line} --help", {}, colour=False)
    else:
        assert main(["whichpip", *line.split(), "--help"]) == 0
        assert capsys.readouterr().err == ""


def test_the_readme_shows_every_option_of_whichpip(capsys: pytest.CaptureFixture[str]) -> None:
    main(["whichpip", "--help"])
    flags = set(re.findall(r"--[a-z]+", capsys.readouterr().out))
    used = set(re.findall(r"--[a-z]+", " ".join(line for _, line in WHICHPIP)))
    assert used | {"--help"} == flags


@pytest.mark.parametrize("line", [line for line in COMMANDS_SHOWN if "SHELL" not in line])
def test_a_command_of_the_readme_can_be_typed(line: str) -> None:
    name, *words = arguments(line, {})
    assert name in COMMANDS
    module = import_module(f"ipymod.commands.{COMMANDS[name].module}")
    reader = module.parser(name) if COMMANDS[name].module == "startup" else module.parser()
    if "..." not in words:
        reader.parse_args(words)


def test_every_command_stands_in_the_readme() -> None:
    assert [name for name in COMMANDS if f"ipymod {name}" not in README] == []


def test_a_badge_opens_what_is_there_in_the_repository_that_the_project_names() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    place = project["urls"]["Repository"].removeprefix("https://github.com/")
    badges = re.findall(r"https://mybinder\.org/v2/gh/(.+?)/HEAD\?urlpath=lab/tree/(.+?)\)", README)
    assert len(badges) == 2
    assert {where for where, _ in badges} == {place}
    assert [path for _, path in badges if not (REPOSITORY / path).exists()] == []
