"""What a line of pip asks for in a browser, and the cell that awaits it; both without a browser."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from typing import Any

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from ipymod.browser.awaiting import awaiting
from ipymod.browser.listed import listing, told
from ipymod.browser.wish import name_of, read
from ipymod.errors import UsageError


def asked(line: str) -> dict[str, Any]:
    """What differs from the plainest wish."""
    given = asdict(read(line.split()))
    plain = asdict(read([given["verb"], "x"]))
    return {name: value for name, value in given.items() if value != plain[name]}


@pytest.mark.parametrize(
    ("line", "wish"),
    [
        ("install x", {}),
        ("-q install x", {}),
        ("install --pre x", {"pre": True}),
        ("install --no-deps x", {"deps": False}),
        ("install x --force-reinstall", {"reinstall": True}),
        ("install -qU x", {"upgrade": True}),
        ("install -v x", {"verbose": True}),
        ("install -r a.txt --requirement=b.txt", {"names": (), "files": ("a.txt", "b.txt")}),
        ("install -ra.txt -c b.txt", {"names": (), "files": ("a.txt",), "limits": ("b.txt",)}),
        ("install -i https://index/simple x", {"index": "https://index/simple"}),
        ("install --user x --progress-bar off", {"left_out": ("--user", "--progress-bar")}),
        ("uninstall -y x", {}),
        ("list --format=json", {"names": (), "form": "json"}),
        ("install https://host/x-1-py3-none-any.whl", {"names": ("https://host/x-1-py3-none-any.whl",)}),
        ("install ./x-1-py3-none-any.whl", {"names": ("./x-1-py3-none-any.whl",)}),
    ],
)  # fmt: skip
def test_what_piplite_knows_is_passed_on(line: str, wish: dict[str, Any]) -> None:
    if line.startswith("list"):
        assert read(line.split()).form == wish["form"]
    else:
        assert asked(line) == wish


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "pip cannot run in a browser"),
        ("--version", "pip --version cannot run in a browser"),
        ("download x", "install, uninstall, list, show, freeze work here"),
        ("install", "name what to install"),
        ("install -e .", "knows no -e of pip install; nothing can be built"),
        ("install --target there x", "knows no --target"),
        ("install --nonsense x", "knows no --nonsense of pip install; leave it out"),
        ("install -r", "-r wants a value"),
        ("install git+https://host/x", "would have to be built"),
        ("install ./folder", "would have to be built"),
        ("install .", "would have to be built"),
        ("list --format xml", "--format wants columns, freeze, json, not 'xml'"),
        ("list --outdated", "knows no --outdated of pip list"),
    ],
)
def test_what_it_does_not_know_is_said_in_one_line(line: str, words: str) -> None:
    with pytest.raises(UsageError) as error:
        read(line.split())
    assert words in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("Foo.Bar", "foo-bar"),
        ("foo[bar]>=2", "foo"),
        ("foo @ https://host/foo.whl", ""),
        ("foo==1; python_version>'3'", "foo"),
        ("https://host/foo-1-py3-none-any.whl", ""),
    ],
)
def test_the_name_is_read_off_a_requirement(requirement: str, name: str) -> None:
    assert name_of(requirement) == name


def transformed(cell: str) -> str:
    lines = TransformerManager().transform_cell(cell).splitlines(keepends=True)
    return "".join(awaiting(lines)).replace("get_ipython().", "")


CALL = "(await run_line_magic('pymod', 'pip install x'))"


@pytest.mark.parametrize(
    ("cell", "awaited"),
    [
        ("%pymod pip install x", f"{CALL}\n"),
        ("r = %pymod pip install x", f"r = {CALL}\n"),
        ("if 1:\n    %pymod pip install x", f"if 1:\n    {CALL}\n"),
        ("ä = 'ä'; b = 1\nß = %pymod pip install x", f"ä = 'ä'; b = 1\nß = {CALL}\n"),
        ("async def f():\n    %pymod pip install x", f"async def f():\n    {CALL}\n"),
        (f"await {CALL[7:-1]}", f"await {CALL[7:-1]}\n"),
    ],
)
def test_an_install_is_awaited_where_python_allows_it(cell: str, awaited: str) -> None:
    assert transformed(cell.replace("run_line", "get_ipython().run_line")) == awaited


@pytest.mark.parametrize(
    "cell",
    [
        "def f():\n    %pymod pip install x",
        "f = lambda: get_ipython().run_line_magic('pymod', 'pip install x')",
        "%pymod json.tool x",
        "'%pymod pip install x'",
        "x = '%pymod pip' 1 (",
    ],
)
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert "await" not in transformed(cell)


def test_the_list_is_that_of_pip_itself() -> None:
    own = [sys.executable, "-m", "pip", "list", "--disable-pip-version-check", "--format", "json"]
    said = subprocess.run(own, check=True, capture_output=True, text=True)
    versions = {each["name"]: each["version"] for each in json.loads(said.stdout)}
    ours = {each["name"]: each["version"] for each in json.loads(listing("json"))}
    assert ours == {name: versions[name] for name in ours}
    assert len(ours) == len(versions)
    assert listing("columns").startswith("Package ")
    assert f"pip=={versions['pip']}" in listing("freeze").splitlines()


def test_a_distribution_is_told_with_what_it_requires_and_who_requires_it() -> None:
    text, missing = told(["ipython", "no-such"])
    assert missing == ["no-such"]
    assert "Name: ipython\n" in text
    assert "ipymod" in text.rpartition("Required-by: ")[2]
    needed = text.partition("Requires: ")[2].partition("\n")[0].split(", ")
    assert "traitlets" in needed
    assert "colorama" not in needed or sys.platform == "win32"
