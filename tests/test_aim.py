from __future__ import annotations

import re
import subprocess
import sys

import pytest

from ipymod.shell import Aim, Call, aim, calls, parse


def table(*rows: tuple[str, Aim]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("text", "meant"), rows, ids=[row[0] for row in rows])


def call(text: str) -> Call:
    (found,) = calls(parse(text, is_line_of_ipython=True) or ())
    return found


VERBS: dict[str, dict[Aim, str]] = {
    "pip": {
        "here": "install uninstall",
        "reads": "check debug freeze inspect list show --version -V",
        "none": "cache completion config download hash help index lock search wheel",
    },
    "uv pip": {
        "here": "install sync uninstall",
        "reads": "check freeze list show tree",
        "none": "compile --version",
    },
    "uv": {
        "here": "add remove run sync",
        "none": "audit auth build cache check export format help init lock publish python self tool"
        " tree venv version workspace --version",
    },
    "conda": {
        "here": "develop env_config install remove rename run uninstall update upgrade",
        "reads": "compare doctor env_export export info list package",
        "named": "env_update",
        "none": "activate build clean config create deactivate env env_create env_list init notices"
        " repoquery search shell.bash tos --version -V",
    },
}
VERB_ROWS: list[tuple[str, Aim, str]] = [
    (program, meant, verb.replace("_", " "))
    for program, aims in VERBS.items()
    for meant, verbs in aims.items()
    for verb in verbs.split()
]


@pytest.mark.parametrize(("program", "meant", "verb"), VERB_ROWS)
def test_each_verb_has_its_aim(program: str, meant: Aim, verb: str) -> None:
    assert aim(call(f"{program} {verb}")) == meant
    assert aim(call(f"{program} {verb} --help")) == "none" or verb == "run"


@pytest.mark.slow
@pytest.mark.parametrize("program", ["pip", "uv", "uv pip"])
def test_the_verbs_are_all_that_a_real_program_has(program: str) -> None:
    start = [sys.executable, "-m", *program.split(), "--help"]
    told = subprocess.run(start, capture_output=True, text=True, check=True).stdout
    listed = told.partition("Commands:")[2].partition("\n\n")[0]
    found = re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)
    assert set(found) - {"pip"} <= {verb for name, _, verb in VERB_ROWS if name == program}
    assert len(found) > 5


@table(
    ("pip install --user x", "here"),
    ("pip install -tx y", "named"),
    ("pip install --target=x y", "named"),
    ("pip install --prefix {sys.prefix} x", "named"),
    ("pip install --root / x", "named"),
    ("pip --python x list", "named"),
    ("pip --python x -V", "named"),
    ("pip freeze --path x", "named"),
    ("pip install --dry-run x", "reads"),
    ("pip install --dry-run -t x y", "named"),
    ("pip install -r wanted.txt", "here"),
    ("pip", "none"),
    ("pip -h", "none"),
    ("pip -q", "none"),
    ("pip instal x", "none"),
    ("pip {verb} x", "unsure"),
    ("pip $verb x", "unsure"),
    ("xargs pip", "unsure"),
    ("xargs pip install", "here"),
    ("{sys.executable} -m pip install x", "here"),
    ("python -m pip list", "reads"),
    ("python -m pip download x", "none"),
)
def test_what_a_call_of_pip_is_about(text: str, meant: Aim) -> None:
    assert aim(call(text)) == meant


@table(
    ("uv pip install --system x", "system"),
    ("uv pip list --system", "system"),
    ("uv pip install --system --target y x", "named"),
    ("uv pip compile --system x", "none"),
    ("uv pip install -p 3.12 x", "named"),
    ("uv pip install --python=x y", "named"),
    ("uv pip tree -p x", "named"),
    ("uv --directory x pip install y", "named"),
    ("uv pip sync --check x", "reads"),
    ("uv add --project x y", "named"),
    ("uv add --script a.py x", "named"),
    ("uv add --no-sync x", "none"),
    ("uv remove --frozen x", "none"),
    ("uv sync --frozen", "here"),
    ("uv sync --active", "named"),
    ("uv sync --dry-run", "reads"),
    ("uv run -p 3.12 a.py", "named"),
    ("uv run -s a.py", "named"),
    ("uv run --script a.py", "named"),
    ("uv run --isolated a.py", "named"),
    ("uv run --with x a.py -p y", "here"),
    ("uv run -m pytest -p x", "here"),
    ("uv run a.py --help", "here"),
    ("uv run -- a.py --help", "here"),
    ("uv tool run --python 3.12 x", "none"),
    ("uv python install", "none"),
    ("uvx x", "none"),
    ("uv", "none"),
    ("uv {verb}", "unsure"),
)
def test_what_a_call_of_uv_is_about(text: str, meant: Aim) -> None:
    assert aim(call(text)) == meant


@table(
    ("conda install -y x", "here"),
    ("mamba install -n x y", "named"),
    ("micromamba -p x install y", "named"),
    ("conda list --name x", "named"),
    ("conda env remove -n x", "named"),
    ("conda env export -n x", "named"),
    ("conda env update -n x -f y", "named"),
    ("conda run -n x python", "named"),
    ("conda run python -p x --help", "here"),
    ("conda create -n x", "none"),
    ("conda create --help", "none"),
    ("conda info --envs", "none"),
    ("conda info -e", "none"),
    ("conda list -e", "reads"),
    ("conda install --dry-run x", "reads"),
    ("conda install -d x", "reads"),
    ("conda update -n base conda", "named"),
    ("conda", "none"),
)
def test_what_a_call_of_conda_is_about(text: str, meant: Aim) -> None:
    assert aim(call(text)) == meant


@table(
    ("python", "here"),
    ("python a.py --help", "here"),
    ("python {name}.py", "here"),
    ("python -c 'import a'", "here"),
    ("python - < a.py", "here"),
    ("python -m pytest", "here"),
    ("python -m {name}", "here"),
    ("python -m ensurepip", "here"),
    ("python -m ipykernel install", "here"),
    ("python -m site", "reads"),
    ("python -V", "reads"),
    ("python --version", "reads"),
    ("python -h", "none"),
    ("python --help-all", "none"),
    ("python -m venv x", "none"),
    ("python -mvenv x", "none"),
    ("python -m json.tool a.json", "none"),
    ("py a.py", "here"),
    ("py -3 a.py", "named"),
    ("py -3.11-64 -m pip install x", "named"),
    ("py -V:3.11 a.py", "named"),
    ("python -3 a.py", "here"),
)
def test_what_a_call_of_python_is_about(text: str, meant: Aim) -> None:
    assert aim(call(text)) == meant


@pytest.mark.parametrize(
    "text",
    ["uv add --no-sync x", "uv sync --check", "uv pip install --check x", "pip install -h x"],
)
def test_what_is_not_here_changes_nothing(text: str) -> None:
    assert aim(call(text)) != "here"
    assert call(text).change is None
