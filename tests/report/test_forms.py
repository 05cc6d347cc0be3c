"""A report in every form: from healthy facts, from each check's example, from hostile text."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from ipymod.checks import REGISTRY
from ipymod.facts import Command, Environment
from ipymod.facts.healthy import HEALTHY
from ipymod.legible import legible
from ipymod.registry import Severity
from ipymod.report import Report, build
from ipymod.report.json import dumps
from made_reports import HOSTILE, Reader, broken, hostile, mixed, of, problem, squeezed

ANSI = re.compile(r"\x1b\[\d*m")
REPORTS = {"healthy": HEALTHY, "mixed": mixed()}
REPORTS |= {check.code: check.example(HEALTHY) for check in REGISTRY}

every_report = pytest.mark.parametrize(
    "report", [build(facts, REGISTRY) for facts in REPORTS.values()], ids=REPORTS
)
every_text = pytest.mark.parametrize("text", HOSTILE, ids=ascii)
ALLOWED = {"div", "strong", "table", "tr", "td", "ul", "li", "pre", "code"}
ALLOWED |= {"img", "details", "summary"}  # what `nbconvert --sanitize-html` shows as text
STYLES = {"border", "border-left", "border-radius", "border-collapse", "padding", "margin"}
STYLES |= {"white-space", "word-break", "overflow-wrap", "overflow-x", "min-width", "max-width"}
STYLES |= {"text-align", "font-family", "list-style-type", "display"}


def shown(report: Report) -> tuple[str, str]:
    """Its text as it is read, and the text of its HTML without style; line breaks are blanks."""
    return squeezed(report.text()), squeezed(Reader(report.html()).text)


# -- what is said, in all forms


@every_report
def test_all_forms_begin_and_end_with_the_verdict(report: Report) -> None:
    for text in shown(report):
        assert text.startswith(squeezed(legible(report.first_line)))
        assert text.endswith(squeezed(legible(report.last_line)))


@every_report
def test_all_forms_tell_each_problem_and_its_fix(report: Report) -> None:
    for told in report.verdict.problems:
        for text in shown(report):
            assert told.code in text
            assert squeezed(legible(told.message)) in text
            assert all(squeezed(legible(line)) in text for line in told.fix.split("\n"))
        assert told.code in report.markdown()


@every_report
def test_the_page_reads_without_its_style(report: Report) -> None:
    page = Reader(
        re.sub(r"<style>.*?</style>| style=\"[^\"]*\"", "", report.html(), flags=re.DOTALL)
    )
    assert page.text.split() == Reader(report.html()).text.split()
    assert {"table", "td", "strong"} <= {tag for tag, _ in page.tags}


@every_report
def test_a_terminal_of_eighty_columns_is_enough_but_for_paths_and_commands(report: Report) -> None:
    for line in report.text().splitlines():
        assert len(line) <= 80 or len(line.split()) <= 2 or line.startswith("    ")


@every_report
def test_colour_changes_no_word(report: Report) -> None:
    assert ANSI.sub("", report.text(colour=True)) == report.text()
    assert ANSI.search(report.text(colour=True))
    assert "\x1b" not in report.text()


@every_report
def test_the_bundle_has_a_form_for_every_front_end(report: Report) -> None:
    bundle = report._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "text/markdown"}


# -- what a page may hold


@every_report
def test_a_page_holds_no_id_no_script_and_nothing_hidden(report: Report) -> None:
    page = Reader(report.html())
    assert {tag for tag, _ in page.tags} <= ALLOWED
    names = {name for _, attributes in page.tags for name in attributes}
    assert names <= {"class", "style", "src", "alt"}
    assert page.attributes("class") == ["ipymod-report"]


@every_report
def test_the_style_needs_no_variable_of_a_front_end(report: Report) -> None:
    page = Reader(report.html())
    assert "style" not in {tag for tag, _ in page.tags}
    assert not [style for style in page.attributes("style") if "var(" in style]


@every_report
def test_inline_styles_are_literal_and_keep_the_colours_of_the_theme(report: Report) -> None:
    for style in Reader(report.html()).attributes("style"):
        for declaration in style.split(";"):
            name = declaration.partition(":")[0].strip()
            assert name in STYLES


@every_report
def test_the_picture_says_in_words_what_it_shows(report: Report) -> None:
    page = Reader(report.html())
    (picture,), (words,) = page.attributes("src"), page.attributes("alt")
    data = base64.b64decode(picture.removeprefix("data:image/svg+xml;base64,"))
    root = ET.fromstring(data)  # noqa: S314  it is our own
    assert root.findtext("{*}title") == words
    for route in report.commands:
        assert route.name in words
        assert legible(route.reason if route.state == "broken" else route.prefix) in words


def drawn(report: Report) -> dict[str, list[ET.Element]]:
    root = ET.fromstring(report.svg())  # noqa: S314  it is our own
    found: dict[str, list[ET.Element]] = {}
    for element in root:
        found.setdefault(element.tag.rpartition("}")[2], []).append(element)
    return found


def test_a_broken_way_is_drawn_broken() -> None:
    whole = drawn(build(HEALTHY, REGISTRY))
    assert "line" not in whole
    assert not any("stroke-dasharray" in path.attrib for path in whole["path"])
    facts = replace(HEALTHY, pip=broken("pip"), pip3=None)
    torn = drawn(of(facts))
    assert len(torn["line"]) == 2
    assert sum("stroke-dasharray" in path.attrib for path in torn["path"]) == 1
    assert "broken: it cannot start" in [text.text for text in torn["text"]]


def test_names_that_lead_the_same_way_share_a_box() -> None:
    assert "pip, pip3" in [text.text for text in drawn(build(HEALTHY, REGISTRY))["text"]]
    assert "pip, pip3" not in [text.text for text in drawn(build(mixed(), REGISTRY))["text"]]


def test_text_in_the_picture_stands_in_boxes_that_make_it_readable_on_any_ground() -> None:
    found = drawn(build(mixed(), REGISTRY))
    assert {text.attrib["fill"] for text in found["text"]} == {"#ffffff"}
    for box in found["rect"]:
        assert contrast("#ffffff", box.attrib["fill"]) > 4.5
    for line in found["path"]:
        assert contrast("#ffffff", line.attrib["stroke"]) > 3
        assert contrast("#111111", line.attrib["stroke"]) > 3


def contrast(one: str, other: str) -> float:
    """As WCAG 2 counts it: 1 to 21."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# -- text from files and variables


@every_text
def test_hostile_text_moves_no_cursor(text: str) -> None:
    written = hostile(text).text()
    assert all(line.isprintable() for line in written.split("\n"))
    coloured = ANSI.sub("", hostile(text).text(colour=True))
    assert all(line.isprintable() for line in coloured.split("\n"))


@every_text
def test_hostile_text_is_text_in_a_page(text: str) -> None:
    html = hostile(text).html()
    page = Reader(html)
    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert {name for _, attributes in page.tags for name in attributes} <= {
        "class",
        "style",
        "src",
        "alt",
    }
    assert all(src.startswith("data:image/svg+xml;base64,") for src in page.attributes("src"))
    assert squeezed(legible(text)) in squeezed(page.text)
    assert all(line.isprintable() for line in html.split("\n"))


@every_text
def test_hostile_text_is_text_in_the_picture(text: str) -> None:
    root = ET.fromstring(hostile(text).svg())  # noqa: S314  it is our own
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "rect", "path", "line", "text"}
    assert legible(text) in (root.findtext("{*}title") or "")


@every_text
def test_hostile_text_is_text_in_markdown(text: str) -> None:
    markdown = hostile(text).markdown()
    assert all(line.isprintable() for line in markdown.split("\n"))
    html = rendered(markdown)
    assert re.findall(r"<(?:img|script|svg)\b", html) == []
    links = Reader(html).attributes("href")
    assert [link for link in links if not link.startswith("https://example.org")] == []
    assert html.count("<td") == cells(markdown)
    if text.strip():
        page = squeezed(Reader(html).text)
        assert squeezed(legible(text)) in page


def cells(markdown: str) -> int:
    """How many cells its tables have, by their heads."""
    total, width = 0, 0
    for line in markdown.splitlines():
        if re.fullmatch(r"\|( --- \|)+", line):
            width = line.count("---")
        elif width and line.startswith("| "):
            total += width
        else:
            width = 0
    return total


def rendered(markdown: str) -> str:
    """As nbconvert shows it in a notebook's page."""
    from nbconvert.filters import markdown2html

    return str(markdown2html(markdown))


@every_text
def test_hostile_text_stays_as_it_is_in_json(text: str) -> None:
    told = json.loads(dumps(hostile(text)))
    assert told["problems"][0]["message"] == text
    assert told["commands"][0]["prefix"] == f"/srv/{text}"


@every_text
def test_a_front_end_can_be_sent_hostile_text(text: str) -> None:
    bundle = hostile(text)._repr_mimebundle_()
    assert json.dumps(bundle, ensure_ascii=False).encode("utf-8")


# -- the verdict in words


def test_the_healthy_verdict_names_what_reaches_the_kernel() -> None:
    report = build(replace(HEALTHY, uv=None, uv_target=None), REGISTRY)
    assert report.first_line == "OK: pip and python both reach this kernel's environment"
    only = replace(HEALTHY, uv=None, uv_target=None, python=None, python3=None, pip3=None)
    assert of(only).first_line == "OK: pip reaches this kernel's environment"


def test_without_any_command_nothing_is_praised() -> None:
    names = ("pip", "pip3", "python", "python3", "uv", "uv_target", "conda", "jupyter")
    nothing: dict[str, Any] = dict.fromkeys(names)
    bare = replace(HEALTHY, **nothing)
    assert of(bare).first_line == "OK: no pip and no python on PATH that could lead elsewhere"


def test_problems_are_counted_and_named() -> None:
    one, other = problem("a"), replace(problem("b", "WP103"), name="bad_interpreter")
    assert of(HEALTHY, one).first_line == "1 problem: pip installs elsewhere"
    several = of(HEALTHY, one, one, other).first_line
    assert several == "3 problems: pip installs elsewhere (2), bad interpreter"


def test_many_kinds_of_problems_are_cut_short() -> None:
    many = [replace(problem("a"), name=f"fault_{letter}") for letter in "abcdefg"]
    told = of(HEALTHY, *many).first_line
    assert told == "7 problems: fault a, fault b, fault c, and 4 more"


def test_a_note_is_no_problem() -> None:
    report = of(HEALTHY, problem("a", severity=Severity.INFO))
    assert report.exit_status == 0
    assert report.first_line.startswith("OK: ")
    assert "1 note" in report.last_line


def test_findings_of_one_check_are_cut_short_unless_all_is_asked_for() -> None:
    many = [problem(f"fault number {number}") for number in range(9)]
    brief, full = of(HEALTHY, *many), of(HEALTHY, *many, everything=True)
    for form in ("text", "html", "markdown"):
        assert "fault number 4" in getattr(brief, form)()
        assert "fault number 5" not in getattr(brief, form)()
        assert "4 more of WP101" in getattr(brief, form)()
        assert "fault number 8" in getattr(full, form)()


def test_what_was_skipped_is_told_with_its_reason() -> None:
    report = of(HEALTHY)
    assert "no conda on PATH: WP111" in report.text()
    assert "no conda on PATH: WP111" in report.markdown()
    assert "no conda on PATH: WP111" in Reader(report.html()).text


def test_asked_for_everything_it_tells_environments_and_steps() -> None:
    report = replace(build(mixed(), REGISTRY), everything=True)
    for text in (report.text(), report.markdown(), Reader(report.html()).text):
        assert "Environments" in text
        assert "it imports from /usr" in text


def test_what_only_a_run_can_tell_is_not_praised() -> None:
    odd = Command("pip", "/opt/odd/pip", reason="/opt/odd/pip would have to be run")
    told = of(replace(HEALTHY, pip=odd)).first_line
    assert told == "OK: no problem found, but only a run tells where pip would lead"


def test_the_columns_of_the_commands_are_named() -> None:
    lines = of(HEALTHY).text().splitlines()
    head, first = lines[5:7]
    assert head.split() == ["command", "goes", "to", "Python", "environment"]
    assert head.index("Python") == first.index("3.12.1")
    assert head.index("environment") == first.index("/home/ada/project/.venv")


def test_a_narrow_terminal_is_filled_and_no_more() -> None:
    for line in build(mixed(), REGISTRY).text(width=40).splitlines()[:4]:
        assert len(line) <= 40 or len(line.split()) <= 2
    assert squeezed(of(HEALTHY).text(width=20)) == squeezed(of(HEALTHY).text())


def test_what_could_not_be_read_is_told() -> None:
    assert HEALTHY.project
    project = replace(HEALTHY.project, unread=("/home/ada/project/pyproject.toml",))
    told = of(replace(HEALTHY, project=project)).text()
    assert "Could not be read: /home/ada/project/pyproject.toml" in told


@pytest.mark.parametrize(
    ("kind", "base", "told"),
    [
        ("venv", "/usr", "a virtual environment of /usr"),
        ("uv", "/usr", "a virtual environment of /usr, made by uv"),
        ("conda", "/opt/x", "a conda environment"),
        ("debian", "/opt/x", "the Python of the operating system"),
        ("base", "/opt/x", "which is no virtual environment"),
    ],
)
def test_the_kind_of_an_environment_is_told_in_words(kind: str, base: str, told: str) -> None:
    made = Environment("/opt/x", base, kind, "3.12.1")
    kernel = replace(HEALTHY.kernel, environment=made)
    assert squeezed(of(replace(HEALTHY, kernel=kernel)).text()).count(told) == 1
