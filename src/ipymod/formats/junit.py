"""SHOW: outcomes as JUnit has them, for whatever shows tests: Jenkins, GitLab, CircleCI.

There is no standard. Elements and attributes are those of the schema of Jenkins' xUnit plugin
(`junit-10.xsd`); beyond it, a case has `file` and `line`, as pytest wrote them first and GitLab,
CircleCI and Buildkite read them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ipymod.formats.words import plain
from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Outcome = Literal["passed", "failed", "error", "skipped"]
_ELEMENTS: dict[Outcome, str] = {"failed": "failure", "error": "error", "skipped": "skipped"}


@dataclass(frozen=True)
class Case:
    """One test.

    Attributes:
        name: of the test, its own within the suite.
        classname: what it belongs to; some programs group by it.
        file: from the root of the repository on; empty for none.
        line: of the file, from 1; 0 for none.
        seconds: how long it took.
        outcome: `failed` if it did what it should not, `error` if it could not be done.
        kind: of the failure, in a word: a code, the name of an exception.
        message: what is wrong, in a sentence.
        text: all that is to say of it; what it printed, if it passed.
    """

    name: str
    classname: str
    file: str = ""
    line: int = 0
    seconds: float = 0.0
    outcome: Outcome = "passed"
    kind: str = ""
    message: str = ""
    text: str = ""


@dataclass(frozen=True)
class Suite:
    """Tests that belong together.

    Attributes:
        name: what they are of.
        cases: the tests, in their order.
        timestamp: when the first began, as ISO 8601 has it, without a zone; empty for unknown.
    """

    name: str
    cases: tuple[Case, ...]
    timestamp: str = ""


def write(suites: Sequence[Suite]) -> str:
    """Write the document; characters that XML cannot hold are written out, colours left out."""
    root = Element("testsuites", {"name": "ipymod", **_counts(_all(suites))})
    for suite in suites:
        _add_suite(root, suite)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode")


def _all(suites: Iterable[Suite]) -> list[Case]:
    return [case for suite in suites for case in suite.cases]


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("failed")),
        "errors": str(outcomes.count("error")),
        "time": _seconds(sum(case.seconds for case in cases)),
    }


def _add_suite(root: Element, suite: Suite) -> None:
    skipped = sum(case.outcome == "skipped" for case in suite.cases)
    told = {"name": plain(suite.name), **_counts(suite.cases), "skipped": str(skipped)}
    if suite.timestamp:
        told["timestamp"] = suite.timestamp
    element = SubElement(root, "testsuite", told)
    for case in suite.cases:
        _add_case(element, case)


def _add_case(suite: Element, case: Case) -> None:
    told = {"classname": plain(case.classname), "name": plain(case.name)}
    told["time"] = _seconds(case.seconds)
    if case.file:
        told["file"] = plain(case.file)
    if case.line:
        told["line"] = str(case.line)
    element = SubElement(suite, "testcase", told)
    if case.outcome != "passed":
        fault = {"message": plain(case.message), "type": plain(case.kind or case.outcome)}
        SubElement(element, _ELEMENTS[case.outcome], fault).text = plain(case.text)
    elif case.text:
        SubElement(element, "system-out").text = plain(case.text)


def _seconds(number: float) -> str:
    return f"{number:.3f}"
