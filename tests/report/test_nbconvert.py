"""What `nbconvert --sanitize-html` makes of a report: it shows what it does not know as text."""

from __future__ import annotations

import re

import pytest
from nbconvert.filters import clean_html

from ipymod.checks import REGISTRY
from ipymod.facts.healthy import HEALTHY
from ipymod.report import Report, build
from made_reports import Reader, mixed, squeezed

SHOWN = re.compile("&lt;/?([a-z]+)")
PICTURE = re.compile("&lt;img [^>]*&gt;")
# It writes the `tbody` of each table itself, and then does not know it.
LEFT = {"img", "details", "summary", "tbody"}


reports = pytest.mark.parametrize("report", [build(HEALTHY, REGISTRY), build(mixed(), REGISTRY)])


@reports
def test_only_the_picture_and_what_can_be_opened_are_seen_as_tags(report: Report) -> None:
    cleaned = clean_html(report.html())
    assert set(SHOWN.findall(cleaned)) == LEFT
    assert len(PICTURE.findall(cleaned)) == 1


@reports
def test_it_reads_from_the_first_line_to_the_last(report: Report) -> None:
    text = squeezed(Reader(clean_html(report.html())).text)
    assert text.startswith(squeezed(report.first_line))
    assert text.endswith(squeezed(report.last_line))
