"""The forms of `ipymod lint`, read back as the programs read them that they are for."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipymod.formats import FORMS, junit, sarif, show
from ipymod.formats.github import annotation
from ipymod.formats.junit import Case, Suite
from ipymod.formats.linted import Linted
from ipymod.formats.paths import slashed, uri
from ipymod.lint.found import Found
from ipymod.registry import Finding, Registry, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
REGISTRY = Registry()


@REGISTRY.check("NB101", "commands", WARNING, example=lambda facts: facts)
def pip_of_a_shell() -> Iterator[Finding]:
    """A cell starts the `pip` of a shell.

    It may belong to another Python; [see](https://example.org) how `{name}` differs.
    """
    yield Finding("")


@REGISTRY.check("NB601", "files", ERROR, example=lambda facts: facts)
def no_notebook() -> Iterator[Finding]:
    """A file is no notebook."""
    yield Finding("")


PIP = Found(
    "a.ipynb",
    1,
    2,
    "NB101",
    "pip_of_a_shell",
    WARNING,
    "the pip of a shell",
    "%pip install",
    "safe",
    "    !pip install numpy\r",
)
CD = Found(
    "b c.ipynb", 3, 1, "NB104", "lost_cd", INFO, "a lost cd", "%cd data", "unsafe", "!cd data"
)
BROKEN = Found("c.ipynb", None, 7, "NB601", "no_notebook", ERROR, "it is no JSON")
WHOLE = Found("d.ipynb", None, 1, "NB602", "no_kernelspec", WARNING, "it names no kernel")
BRIEF = replace(PIP, message="brief")
FOUND = (PIP, CD, BROKEN, WHOLE)
PATHS = ("a.ipynb", "b c.ipynb", "c.ipynb", "d.ipynb", "fine.ipynb")
SUM = "3 problems and 1 note in 4 of 5 notebooks"


def linted(found: Sequence[Found] = FOUND, **more: Any) -> Linted:
    given = {"notebooks": PATHS, "root": "/work", "rules": tuple(REGISTRY), **more}
    return Linted(found=tuple(found), **given)


FEW = settings(max_examples=20)  # everyday

# What may come out of notebooks, folders and kernels, and what it would do unescaped.
HOSTILE = (
    "%0A::warning::x",
    "::add-mask::a",
    "\n::stop-commands::x\n",
    "]]>",
    "<script>alert(1)</script>&amp;",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b2J",
    "\x00\x08\x7f\u202e\u2028\ufeff\ufffe",
    "\ud800",
    "\udcff",
    "[free](https://example.org)",
    "{0} {name}",
    "a,b:c=d;e%",
    "\r",
    "\\",
    "\U0001f40d" * 600,
    "word " * 2000,
)
HOSTILE_TEXT = st.lists(
    st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=()), max_size=5), max_size=4
).map("".join)
HOSTILE_PATH = HOSTILE_TEXT.map(lambda text: f"{text.replace(chr(0), '')}.ipynb")
HOSTILE_FOUND = st.builds(
    Found,
    path=HOSTILE_PATH,
    cell=st.none() | st.integers(0, 9),
    line=st.integers(1, 3),
    code=st.sampled_from(["NB101", "NB601", "NB999"]),
    name=st.just("pip_of_a_shell"),
    severity=st.sampled_from(Severity),
    message=HOSTILE_TEXT,
    hint=HOSTILE_TEXT,
    fix=st.sampled_from(["safe", "unsafe", None]),
    source=HOSTILE_TEXT,
)
HOSTILE_LINTED = st.lists(HOSTILE_FOUND, max_size=3).map(linted)


# text


def test_a_finding_names_its_cell_from_1_and_shows_its_line_and_what_to_type() -> None:
    assert show("text", linted([PIP])).splitlines()[:3] == [
        "a.ipynb cell 2, line 2: NB101 the pip of a shell",
        "    | !pip install numpy",
        "    fix: %pip install",
    ]


def test_a_finding_about_a_whole_notebook_names_no_cell() -> None:
    lines = show("text", linted([BROKEN, WHOLE])).splitlines()
    assert lines[0] == "c.ipynb line 7: NB601 it is no JSON"
    assert lines[2] == "d.ipynb: NB602 it names no kernel"


def test_a_fix_that_must_be_asked_for_says_so() -> None:
    assert "    unsafe fix: %cd data" in show("text", linted([CD])).splitlines()


def test_what_only_a_person_can_mend_is_a_try() -> None:
    found = replace(PIP, fix=None, hint="first\nsecond")
    assert show("text", linted([found])).splitlines()[2:4] == ["    try: first", "    try: second"]


@pytest.mark.parametrize(
    ("fixes", "told"),
    [
        ([None], "1 problem in 1 of 5 notebooks"),
        (["safe"], "1 problem in 1 of 5 notebooks; it is mended by ipymod fix"),
        (["safe", "safe"], "2 problems in 1 of 5 notebooks; all of them are mended by ipymod fix"),
        (["safe", None], "2 problems in 1 of 5 notebooks; 1 of them is mended by ipymod fix"),
        (
            ["unsafe", "unsafe", None],
            "3 problems in 1 of 5 notebooks; 2 of them are mended by ipymod fix --unsafe-fixes",
        ),
        (
            ["safe", "safe", "unsafe"],
            (
                "3 problems in 1 of 5 notebooks; 2 of them are mended by ipymod fix, 1 more by "
                "ipymod fix --unsafe-fixes"
            ),
        ),
        ([], "OK: 5 notebooks, no problem"),
    ],
)
def test_the_summary_counts_problems_notebooks_and_fixes(fixes: list[Any], told: str) -> None:
    text = show("text", linted([replace(PIP, fix=fix) for fix in fixes]), width=200)
    assert text.splitlines()[-1] == told


def test_one_notebook_is_no_notebooks() -> None:
    assert show("text", linted([], notebooks=("a.ipynb",))) == "OK: 1 notebook, no problem"


def test_a_long_line_of_source_is_cut_to_the_width() -> None:
    text = show("text", linted([replace(BRIEF, source="x" * 99)]), width=40)
    assert text.splitlines()[1] == f"    | {'x' * 31}..."


def test_a_line_that_just_fits_is_not_cut() -> None:
    text = show("text", linted([replace(BRIEF, source="x" * 34)]), width=40)
    assert text.splitlines()[1] == f"    | {'x' * 34}"


def test_where_no_line_is_known_none_is_shown() -> None:
    assert "|" not in show("text", linted([replace(PIP, source="")]))


def test_text_has_colours_only_if_asked() -> None:
    assert "\x1b[33m" in show("text", linted([PIP]), colour=True)
    assert "\x1b" not in show("text", linted([PIP]))


def test_the_summary_has_the_colour_of_the_worst() -> None:
    last = show("text", linted([PIP, BROKEN]), colour=True).splitlines()[-1]
    assert last.startswith("\x1b[31m")
    assert show("text", linted([]), colour=True).startswith("\x1b[32mOK")


@FEW
@given(HOSTILE_LINTED)
def test_no_text_of_others_reaches_the_terminal_as_more_than_letters(given: Linted) -> None:
    for line in show("text", given).split("\n"):
        assert line.isprintable()
        assert not line.lstrip().startswith("::")


def test_a_file_called_like_a_command_of_github_is_none() -> None:
    line = show("text", linted([replace(PIP, path="::add-mask::a.ipynb")])).splitlines()[0]
    assert line.startswith(r"\x3a:add-mask::a.ipynb cell 2")


# json


def test_json_is_a_list_with_the_keys_of_the_contract_first() -> None:
    told = json.loads(show("json", linted([PIP, BROKEN])))
    assert list(told[0])[:7] == ["path", "cell", "line", "code", "name", "message", "fix"]
    assert told[0]["cell"] == 1  # from 0
    assert told[0]["fix"] == "safe"
    assert told[1]["cell"] is None
    assert told[1]["fix"] is None


def test_json_of_nothing_found_is_an_empty_list() -> None:
    assert json.loads(show("json", linted([]))) == []


@FEW
@given(HOSTILE_LINTED)
def test_json_is_ascii_and_gives_all_back(given: Linted) -> None:
    text = show("json", given)
    assert text.isascii()
    for each, found in zip(json.loads(text), given.found, strict=True):
        expected = {**vars(found), "severity": found.severity.value}
        assert each == {name: joined(value) for name, value in expected.items()}


def joined(value: Any) -> Any:
    """Make one of two halves of a character that stand side by side, as JSON does."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


# github


def as_the_runner_reads(line: str) -> tuple[str, dict[str, str], str]:
    """A command's level, properties and message, as GitHub's runner finds them in a line."""
    assert line.startswith("::")
    command, _, message = line[2:].partition("::")
    level, _, properties = command.partition(" ")
    told = (each.partition("=") for each in properties.split(",") if each)
    return level, {name: unescaped(value) for name, _, value in told}, unescaped(message)


def unescaped(text: str) -> str:
    for code, character in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}.items():
        text = text.replace(code, character)
    return text


def test_an_annotation_stands_beside_the_line_of_the_file() -> None:
    line = show("github", linted([PIP], line_of=lambda found: 40 + found.line)).splitlines()[0]
    assert as_the_runner_reads(line) == (
        "warning",
        {"file": "a.ipynb", "line": "42", "title": "NB101 pip of a shell"},
        "cell 2, line 2: the pip of a shell\n%pip install",
    )


def test_what_a_property_cannot_hold_is_escaped_as_github_does() -> None:
    line = annotation("error", "50 %\nmore: a, b", file="a:b,c%.ipynb", line=3, title="1: x")
    assert line == "::error file=a%3Ab%2Cc%25.ipynb,line=3,title=1%3A x::50 %25%0Amore: a, b"


def test_an_annotation_may_be_about_no_file() -> None:
    assert annotation("notice", "done") == "::notice::done"


def test_the_sum_is_a_notice() -> None:
    level, _, message = as_the_runner_reads(show("github", linted()).splitlines()[-1])
    assert (level, message.partition(";")[0]) == ("notice", SUM)


def test_github_of_nothing_found_annotates_nothing() -> None:
    assert show("github", linted([])) == "OK: 5 notebooks, no problem"


def test_of_each_level_there_are_as_many_as_github_shows_and_the_log_has_the_rest() -> None:
    found = [
        replace(PIP, severity=severity, message=f"{severity.value} {number}")
        for number in range(12)
        for severity in Severity
    ]
    lines = show("github", linted(found)).splitlines()
    levels = [line[2:].partition(" ")[0] for line in lines if " file=" in line]
    assert [levels.count(level) for level in ("error", "warning", "notice")] == [10, 10, 9]
    start = lines.index("::group::7 more than GitHub shows")
    assert lines[-1] == "::endgroup::"
    assert lines[start + 1] == "a.ipynb cell 2, line 2: NB101 (a note) info 9"
    assert len(lines[start + 1 : -1]) == 7


@FEW
@given(HOSTILE_TEXT, HOSTILE_PATH, HOSTILE_TEXT)
def test_an_annotation_is_one_command_whatever_it_holds(
    message: str, path: str, title: str
) -> None:
    line = annotation("warning", message, file=path, line=7, title=title)
    level, properties, told = as_the_runner_reads(line)
    assert line.isprintable()
    assert level == "warning"
    assert properties.keys() <= {"file", "line", "title"}
    assert properties["line"] == "7"
    if path.replace("\n", "").isprintable():
        assert properties["file"] == path
    if message.replace("\n", "").isprintable():
        assert told == message


@FEW
@given(HOSTILE_FOUND)
def test_a_line_of_the_log_is_no_command(found: Found) -> None:
    same = [replace(PIP, severity=ERROR)] * 10 + [replace(found, severity=ERROR)]
    lines = show("github", linted(same)).split("\n")
    assert lines[-3].startswith("::group::")
    assert not lines[-2].lstrip().startswith("::")


# paths


@pytest.mark.parametrize(
    ("root", "path", "told"),
    [
        ("/work", "notes/a b.ipynb", "notes/a%20b.ipynb"),
        ("/work", "./n/../a:b.ipynb", "a%3Ab.ipynb"),
        ("/work", "/work/n/a.ipynb", "n/a.ipynb"),
        ("/", "/n/a.ipynb", "n/a.ipynb"),
        ("/work", "..a.ipynb", "..a.ipynb"),
        ("/work", "notes\\a.ipynb", "notes%5Ca.ipynb"),
        ("/work", "\udcff\ud800.ipynb", "%ED%B3%BF%ED%A0%80.ipynb"),
        ("/work", "\udcff.ipynb", "%FF.ipynb"),
        ("/work", "/workshop/a.ipynb", "file:///workshop/a.ipynb"),
        ("/work", "../ä.ipynb", "file:///%C3%A4.ipynb"),
        (r"C:\work", r"notes\a b.ipynb", "notes/a%20b.ipynb"),
        (r"C:\work", "notes/a.ipynb", "notes/a.ipynb"),
        (r"C:\work", r"c:\WORK\notes\a.ipynb", "notes/a.ipynb"),
        (r"C:\work", r"D:\x y\a.ipynb", PureWindowsPath(r"D:\x y\a.ipynb").as_uri()),
        (r"C:\work", r"..\a.ipynb", PureWindowsPath(r"C:\a.ipynb").as_uri()),
        (r"\\host\share", r"n\a.ipynb", "n/a.ipynb"),
        (r"\\host\share", r"\\host\b\a.ipynb", PureWindowsPath(r"\\host\b\a.ipynb").as_uri()),
    ],
)
def test_a_path_becomes_a_reference(root: str, path: str, told: str) -> None:
    assert uri(path, root) == told


@FEW
@given(HOSTILE_TEXT.map(lambda text: text.replace("\0", "").replace("/", "")))
def test_a_reference_gives_the_bytes_of_the_name_back(text: str) -> None:
    name = text.encode("utf-8", "replace").decode() + "\udcff"
    told = uri(f"/work/{name}", "/work")
    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", told)
    assert unquote_to_bytes(told) == name.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("root", "path", "told"),
    [
        ("/work", "/work/n/a b.ipynb", "n/a b.ipynb"),
        ("/work", "/tmp/a.ipynb", "/tmp/a.ipynb"),  # noqa: S108  a name
        ("/work", "n\\a.ipynb", "n\\a.ipynb"),
        (r"C:\work", r"C:\work\n\a.ipynb", "n/a.ipynb"),
        (r"C:\work", r"D:\n\a.ipynb", "D:/n/a.ipynb"),
    ],
)
def test_annotations_have_paths_from_the_root_parted_by_slashes(
    root: str, path: str, told: str
) -> None:
    assert slashed(path, root) == told
    found = [replace(PIP, path=path)]
    line = show("github", linted(found, root=root)).splitlines()[0]
    assert as_the_runner_reads(line)[1]["file"] == told


# sarif


def run_of(given: Linted) -> Any:
    return json.loads(show("sarif", given))["runs"][0]


def fingerprints(given: Linted) -> list[str]:
    return [
        each["partialFingerprints"]["primaryLocationLineHash"] for each in run_of(given)["results"]
    ]


def test_a_rule_has_what_code_scanning_shows() -> None:
    page = "https://example.org/docs/checks.md"
    rules = run_of(linted(docs=page, version="1.2"))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["NB101", "NB601"]
    assert rules[0]["name"] == "PipOfAShell"
    assert rules[0]["shortDescription"]["text"] == "A cell starts the `pip` of a shell."
    assert rules[0]["fullDescription"]["text"].startswith("It may belong to another Python")
    assert rules[0]["helpUri"] == f"{page}#nb101-pip-of-a-shell"
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["warning", "error"]
    assert rules[1]["fullDescription"] == rules[1]["shortDescription"]


def test_without_a_page_there_is_no_address() -> None:
    driver = run_of(linted())["tool"]["driver"]
    assert "informationUri" not in driver
    assert "helpUri" not in driver["rules"][0]


def test_a_result_names_rule_file_line_and_cell() -> None:
    result = run_of(linted([PIP], line_of=lambda _: 42))["results"][0]
    place = result["locations"][0]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("NB101", 0, "warning")
    assert result["message"]["text"] == "cell 2, line 2: the pip of a shell\n%pip install"
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "a.ipynb", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 42},
    }
    assert place["logicalLocations"][0]["name"] == "cell 2"
    assert place["properties"] == {"cell": 1, "line": 2}


def test_a_file_outside_the_root_has_no_base() -> None:
    place = run_of(linted([replace(PIP, path="/elsewhere/a.ipynb")]))["results"][0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "file:///elsewhere/a.ipynb"}


def test_a_finding_of_a_rule_that_is_not_listed_has_no_index() -> None:
    assert "ruleIndex" not in run_of(linted([CD]))["results"][0]


def test_the_worst_results_come_first() -> None:
    levels = [result["level"] for result in run_of(linted())["results"]]
    assert levels == ["error", "warning", "warning", "note"]


def test_nothing_found_is_a_run_with_no_result() -> None:
    assert run_of(linted([]))["results"] == []


def test_a_fingerprint_stays_when_cells_come_above() -> None:
    moved = replace(PIP, cell=5, line=1, source="!pip install numpy")
    assert fingerprints(linted([moved])) == fingerprints(linted([PIP]))


@pytest.mark.parametrize("change", [{"source": "!pip install scipy"}, {"code": "NB102"}])
def test_a_fingerprint_changes_with_the_line_and_with_the_rule(change: dict[str, Any]) -> None:
    assert fingerprints(linted([replace(PIP, **change)])) != fingerprints(linted([PIP]))


def test_the_same_line_twice_in_a_notebook_is_two_results() -> None:
    twice = fingerprints(linted([PIP, PIP, replace(PIP, path="e.ipynb")]))
    assert [each[-2:] for each in twice] == [":1", ":2", ":1"]
    assert twice[0][:-2] == twice[1][:-2]


def test_a_message_is_cut_where_code_scanning_cuts_it() -> None:
    text = run_of(linted([replace(PIP, message="\U0001f40d" * 9999)]))["results"][0]["message"][
        "text"
    ]
    assert len(text.encode("utf-16-le")) // 2 <= 1024
    assert text.endswith("\U0001f40d...")


def test_text_of_others_makes_no_link() -> None:
    text = run_of(linted([replace(PIP, message="[free](https://x.org)")]))["results"][0]["message"]
    assert r"[free\](https://x.org)" in text["text"]


def test_more_results_than_code_scanning_takes_are_left_out_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    run = run_of(linted())
    assert len(run["results"]) == 2
    told = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert told == "2 results more than a log may have were left out."


@FEW
@given(HOSTILE_LINTED)
def test_a_log_is_ascii_and_has_whole_characters_alone(given: Linted) -> None:
    text = show("sarif", given)
    assert text.isascii()
    json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8")
    for result in json.loads(text)["runs"][0]["results"]:
        address = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert urlsplit(address).scheme in {"", "file"}


# Of the schema as OASIS published it with its first errata.
SCHEMA_DIGEST = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"


@pytest.fixture(scope="module")
def schema() -> Any:
    """The validator of the official schema, whoever carries it; nothing else of theirs is used."""
    from jsonschema import Draft4Validator  # type: ignore[import-untyped]  # it has none

    carried = distribution("linceo").locate_file("linceo/data/sarif-schema-2.1.0.json")
    data = Path(str(carried)).read_bytes()
    assert hashlib.sha256(data).hexdigest() == SCHEMA_DIGEST
    assert json.loads(data)["id"] == sarif.SCHEMA
    return Draft4Validator(json.loads(data))


@pytest.mark.slow  # the validator takes seconds to load
@FEW
@given(given=HOSTILE_LINTED | st.sampled_from([linted(), linted([]), linted(docs="https://x.org")]))
def test_every_log_is_valid_against_the_official_schema(schema: Any, given: Linted) -> None:
    assert list(schema.iter_errors(json.loads(show("sarif", given)))) == []


@pytest.mark.slow
def test_the_official_schema_refuses_what_it_should(schema: Any) -> None:
    log = json.loads(show("sarif", linted()))
    log["runs"][0]["results"][0]["level"] = "warn"
    log["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert len(list(schema.iter_errors(log))) == 2


@pytest.mark.slow
def test_a_log_that_was_cut_is_valid(schema: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 1)
    assert list(schema.iter_errors(json.loads(show("sarif", linted(version="1"))))) == []


# junit


def read(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  our own


CASES = (
    Case("cell 1", "a.ipynb", "a.ipynb", 3, 0.25),
    Case("cell 2", "a.ipynb", "a.ipynb", 9, 1.5, "failed", "ValueError", "no", "Traceback"),
    Case("cell 3", "a.ipynb", outcome="skipped", message="after a failure"),
    Case("kernel", "a.ipynb", outcome="error", message="it died"),
)


def test_a_document_counts_what_it_holds() -> None:
    root = read(junit.write([Suite("a", CASES, "2026-01-02T03:04:05"), Suite("b", CASES[:1])]))
    assert root.attrib == {
        "name": "ipymod",
        "tests": "5",
        "failures": "1",
        "errors": "1",
        "time": "2.000",
    }
    counts = {name: root[0].get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "4", "failures": "1", "errors": "1", "skipped": "1"}
    assert root[0].get("timestamp") == "2026-01-02T03:04:05"
    assert "timestamp" not in root[1].attrib


def test_a_case_says_where_how_long_and_what() -> None:
    passed, failed, skipped, broken = read(junit.write([Suite("a", CASES)]))[0]
    assert dict(passed.attrib) == {
        "classname": "a.ipynb",
        "name": "cell 1",
        "time": "0.250",
        "file": "a.ipynb",
        "line": "3",
    }
    assert list(passed) == []
    assert [each[0].tag for each in (failed, skipped, broken)] == ["failure", "skipped", "error"]
    assert failed[0].attrib == {"message": "no", "type": "ValueError"}
    assert failed[0].text == "Traceback"
    assert broken[0].get("type") == "error"


def test_a_notebook_is_a_suite_and_a_rule_a_case() -> None:
    root = read(show("junit", linted([PIP, PIP, CD], timestamp="2026-01-02T03:04:05")))
    assert [suite.get("name") for suite in root] == list(PATHS)
    case = root[0][0]
    assert (case.get("name"), len(root[0])) == ("NB101 pip of a shell", 1)
    assert case[0].get("message") == "cell 2, line 2: the pip of a shell (and 1 more)"
    assert (case[0].text or "").count("!pip install numpy\n%pip install") == 2


def test_a_notebook_without_a_finding_is_a_case_that_passed() -> None:
    root = read(show("junit", linted([PIP])))
    assert [(case.get("name"), list(case)) for case in root[4]] == [("no problem", [])]


def test_what_is_only_good_to_know_fails_no_case() -> None:
    case = read(show("junit", linted([CD])))[1][0]
    assert [element.tag for element in case] == ["system-out"]
    assert case[0].text == "cell 4, line 1: a lost cd\n!cd data\n%cd data"


def test_a_rule_fails_by_its_worst_finding() -> None:
    case = read(show("junit", linted([replace(PIP, severity=INFO), PIP])))[0][0]
    assert [element.tag for element in case] == ["failure"]


def test_colours_of_a_traceback_leave_no_trace() -> None:
    case = Case("c", "a", outcome="failed", text="\x1b[0;31mValueError\x1b[0m: no\tway\r\n")
    assert read(junit.write([Suite("a", (case,))]))[0][0][0].text == "ValueError: no  way\n"


@FEW
@given(HOSTILE_TEXT, HOSTILE_PATH)
def test_xml_gives_back_what_it_may_hold(text: str, path: str) -> None:
    case = Case(text, text, path, 1, 1e6, "failed", text, text, text)
    element = read(junit.write([Suite(path, (case,))]))[0][0]
    if text.replace("\n", "").isprintable():
        assert element.get("name") == text
        assert (element[0].get("message"), element[0].text or "") == (text, text)


@FEW
@given(HOSTILE_LINTED)
def test_the_junit_of_lint_is_xml_whatever_was_found(given: Linted) -> None:
    assert int(read(show("junit", given)).get("tests", "0")) >= len(PATHS)


OUTCOMES_OF_PYTEST = """
import pytest

@pytest.fixture
def broken():
    raise OSError

def test_passes(): pass
def test_fails(): assert False
def test_cannot_be_done(broken): pass
def test_is_skipped(): pytest.skip("later")
"""


@pytest.mark.slow  # starts pytest
def test_elements_and_attributes_are_those_that_pytest_writes(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(OUTCOMES_OF_PYTEST)
    words = ["-q", "-n0", "-p", "no:cacheprovider", "-o", "junit_family=xunit1", "--junitxml=a.xml"]
    command = [sys.executable, "-m", "pytest", *words, "test_a.py"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    theirs = attributes(read((tmp_path / "a.xml").read_text("utf-8")))
    ours = attributes(read(junit.write([Suite("a", CASES, "2026-01-02T03:04:05")])))
    assert ours.keys() == theirs.keys()
    counts = {"tests", "failures", "errors", "time"}  # pytest has one suite, so no sum of them
    for name, known in ours.items():
        extra = {"type"} if name in {"failure", "error"} else set()
        assert known <= theirs[name] | extra | (counts if name == "testsuites" else set())


def attributes(root: ET.Element) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for element in root.iter():
        found.setdefault(element.tag, set()).update(element.attrib)
    return found


# all


@pytest.mark.parametrize("form", FORMS)
def test_no_form_ends_with_a_newline(form: Any) -> None:
    assert not show(form, linted()).endswith("\n")


@pytest.mark.parametrize(
    ("form", "absent"),
    [
        ("text", {"ipymod.formats.sarif", "ipymod.formats.junit", "hashlib", "urllib", "xml"}),
        ("json", {"ipymod.formats.text", "ipymod.formats.sarif", "textwrap", "xml"}),
    ],
)
def test_a_form_loads_what_it_needs_alone(form: str, absent: set[str]) -> None:
    code = f"""
import sys
from ipymod.formats import show
from ipymod.formats.linted import Linted
show({form!r}, Linted((), (), "/"))
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert absent.isdisjoint(done.stdout.split())
