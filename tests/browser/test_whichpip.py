"""What `%whichpip` shows, where people see it; every form is kept as a picture for a person."""

from __future__ import annotations

import base64
import re
import sys
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from browser.lab import COLOURS, Notebook
from environments import create

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator

    from browser.lab import Lab, Look

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="no folder there may be called <img ...>"),
]

TRAP = "<img src=x onerror=document.title='owned'>"
PLAIN, ALL, NAMES, EXPLAINED, HEALTHY = 2, 3, 4, 5, 7  # the cells
HEAL = """os.environ['PATH'] = f'{sys.prefix}/bin:/usr/bin:/bin'
os.environ['VIRTUAL_ENV'] = sys.prefix"""
TEXTS_IN_BOXES = f"""() => {{
    {COLOURS}
    const boxes = [...document.querySelectorAll('svg rect')].reverse();
    return [...document.querySelectorAll('svg text')].map(text => {{
        const it = text.getBBox();
        const box = boxes.find(each => {{
            const its = each.getBBox();
            return its.x <= it.x && it.x <= its.x + its.width
                && its.y <= it.y && it.y + it.height <= its.y + its.height;
        }});
        const its = box.getBBox();
        return {{
            text: text.textContent,
            inside: it.x >= its.x + 4 && it.x + it.width <= its.x + its.width - 4,
            contrast: contrast(getComputedStyle(text).fill, getComputedStyle(box).fill),
        }};
    }});
}}"""
FAINTEST_LINE = f"""() => {{
    {COLOURS}
    const lines = [...document.querySelectorAll('svg path, svg line, svg rect[stroke]')];
    const ground = getComputedStyle(document.body).backgroundColor;
    return Math.min(...lines.map(line => contrast(getComputedStyle(line).stroke, ground)));
}}"""
READABLE, SEEN = 4.5, 3.0  # WCAG 2.2, AA: text; lines that mean something


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Another environment, one that was moved, and a folder that is called like a script."""
    folder = tmp_path_factory.mktemp("path")
    other, before, moved, trap = (folder / name for name in ("other", "before", "moved", TRAP))
    create(sys.executable, other)
    (other / "bin" / "pip3").unlink()
    create(sys.executable, before)
    before.rename(moved)
    trap.mkdir()
    (trap / "jupyter").write_text("#!/gone/<b>bold</b>/bin/python\n")
    (trap / "jupyter").chmod(0o755)
    return f"{other}/bin:{moved}/bin:{trap}:/usr/bin:/bin"


@pytest.fixture(scope="module")
def book(chromium: Browser, lab: Lab, path: str) -> Iterator[Notebook]:
    """A notebook in which all of it was asked for, once."""
    cells = [
        "%load_ext ipymod",
        f"import os, sys\nos.environ['PATH'] = {path!r}",
        "%whichpip --save report.html",
        "%whichpip --all",
        "%whichpip pip sklearn",
        "%whichpip --explain WP101",
        HEAL,
        "%whichpip",
    ]
    page = chromium.new_page(viewport={"width": 1100, "height": 1900})
    notebook = Notebook(page, lab, lab.write("whichpip", cells))
    notebook.run()
    yield notebook
    notebook.close()


@pytest.fixture(scope="module")
def saved(book: Notebook) -> Any:
    return book.saved()


@pytest.fixture(scope="module")
def html(saved: Any) -> str:
    """The report as it was saved."""
    return str(saved.cells[PLAIN].outputs[0].data["text/html"])


def report(book: Notebook, cell: int) -> Locator:
    return book.output(cell).locator(".ipymod-report")


def reads_well(text: str) -> bool:
    """Whether it begins and ends with the verdict, and tells all between in its order."""
    told = " ".join(text.split())
    order = [
        "problems: command without its python (2)",
        "This kernel is Python",
        "command goes to Python environment file",
        "pip3 broken",
        "/before/bin/python does not exist",
        "Not on PATH: uv, conda",
        "Error WP103 command without its python",
        "-m pip install --force-reinstall --no-deps pip",
        f"{TRAP}/jupyter for one: /gone/<b>bold</b>/bin/python does not exist",
        "Warning WP101 pip installs elsewhere",
        "%pymod pip install NAME",
        "checks found",
    ]
    at = 0
    for part in order:
        assert part in told[at:], f"{part!r} is not in {told[at:]!r}"
        at = told.index(part, at)
    return told[0].isdigit() and told.endswith("says more")


# -- in JupyterLab


def test_a_trusted_report_reads_well_in_light_and_in_dark(book: Notebook) -> None:
    for theme in ("Dark", "Light"):
        book.theme(theme)
        book.show(PLAIN)
        book.picture(f"whichpip-{theme.lower()}")
        assert book.look.contrast(report(book, PLAIN)) >= READABLE
    assert reads_well(book.text(PLAIN))
    assert book.look.hidden(report(book, PLAIN)) == []


def test_a_folder_called_like_a_script_is_text(book: Notebook) -> None:
    for cell in (PLAIN, ALL):
        assert TRAP in book.text(cell)
    assert book.page.title() != "owned"
    assert book.page.locator("img[src='x'], .ipymod-report b").count() == 0


def test_a_fix_is_taken_with_three_clicks(book: Notebook) -> None:
    fix = report(book, PLAIN).locator("pre").first
    fix.click(click_count=3)
    taken = book.page.evaluate("() => getSelection().toString()").rstrip("\n")
    assert taken == fix.inner_text()
    assert taken.endswith("/moved/bin/python -m pip install --force-reinstall --no-deps pip")


def test_a_narrow_page_hides_nothing(book: Notebook) -> None:
    book.page.set_viewport_size({"width": 620, "height": 1900})
    book.show(PLAIN)
    book.picture("whichpip-narrow")
    hidden = book.look.hidden(report(book, PLAIN))
    book.page.set_viewport_size({"width": 1100, "height": 1900})
    assert hidden == []


@pytest.mark.parametrize(
    ("cell", "name", "words"),
    [
        (ALL, "all", ["Kernels", "Environments", "How it was found out", "What was seen"]),
        (NAMES, "names", ["pip is", "sklearn cannot be imported", "scikit-learn"]),
        (EXPLAINED, "explain", ["WP101: pip installs elsewhere", "For example (warning):"]),
        (HEALTHY, "healthy", ["OK: pip, python and uv all reach this kernel's environment"]),
    ],
)
def test_what_else_can_be_asked_for_reads_well(
    book: Notebook, cell: int, name: str, words: list[str]
) -> None:
    for theme in ("Dark", "Light"):
        book.theme(theme)
        book.show(cell)
        book.picture(f"whichpip-{name}-{theme.lower()}")
        assert book.look.contrast(book.output(cell)) >= READABLE
    shown = " ".join(book.text(cell).split())
    assert [word for word in words if word not in shown] == []


def test_the_healthy_report_begins_and_ends_with_ok(book: Notebook) -> None:
    first, *_, last = book.text(HEALTHY).strip().splitlines()
    assert first.startswith("OK: ")
    assert last.startswith("OK: ")


def test_an_untrusted_report_reads_as_well(
    chromium: Browser, lab: Lab, saved: Any, html: str
) -> None:
    page = chromium.new_page(viewport={"width": 1100, "height": 1900})
    notebook = Notebook(page, lab, lab.received("whichpip-untrusted", saved))
    assert not notebook.is_trusted(PLAIN)
    shown = report(notebook, PLAIN)
    for theme in ("Dark", "Light"):
        notebook.theme(theme)
        notebook.show(PLAIN)
        notebook.picture(f"whichpip-untrusted-{theme.lower()}")
        assert notebook.look.contrast(shown) >= READABLE
    assert reads_well(notebook.text(PLAIN))
    assert shown.locator("img").evaluate("image => image.naturalWidth") > 0
    shown.locator("summary").first.click()
    assert "made for" in notebook.text(PLAIN)
    notebook.picture("whichpip-untrusted-open")
    kept = shown.locator("[style]").evaluate_all(
        "all => all.map(each => each.attributes.style.value)"
    )
    _, *written = re.findall(' style="([^"]+)"', html)
    assert kept == [style.replace(";word-break:break-word", "") for style in written]
    notebook.close()


# -- the picture


def test_the_picture_can_be_read_on_white_and_on_black(look: Look, html: str) -> None:
    (data,) = re.findall('data:image/svg[+]xml;base64,([^"]+)', html)
    svg = base64.b64decode(data).decode()
    for name, ground in (("light", "#ffffff"), ("dark", "#111111")):
        look.open(
            f"<!DOCTYPE html><body style='background:{ground}'>{svg}", f"whichpip-picture-{name}"
        )
        boxes = look.page.evaluate(TEXTS_IN_BOXES)
        assert min(box["contrast"] for box in boxes) >= READABLE
        assert [box["text"] for box in boxes if not box["inside"]] == []
        assert look.page.evaluate(FAINTEST_LINE) >= SEEN


# -- after it was saved


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
@pytest.mark.parametrize("sanitized", [False, True], ids=["whole", "sanitized"])
def test_a_page_made_by_nbconvert_reads_well(
    look: Look, saved: Any, template: str, *, sanitized: bool
) -> None:
    from nbconvert import HTMLExporter
    from nbformat import v4

    only = v4.new_notebook(cells=[saved.cells[PLAIN]], metadata=saved.metadata)
    exporter = HTMLExporter(template_name=template, sanitize_html=sanitized)
    made, _ = exporter.from_notebook_node(only)
    look.open(made, f"whichpip-nbconvert-{template}{'-sanitized' * sanitized}")
    report = look.page.locator(".ipymod-report")
    text = report.inner_text()
    assert reads_well(text)
    assert look.contrast(report) >= READABLE
    assert "ipymod-report" not in text
    shown = set(re.findall(r"</?(\w+)", text.replace(TRAP, "").replace("<b>bold</b>", "")))
    assert shown == ({"img", "details", "summary", "tbody"} if sanitized else set())


class Stripped(HTMLParser):
    """What GitHub leaves of a page: no style, no class, no id, no script, no embedded picture."""

    kept = frozenset({"alt", "href", "src", "title"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._dropped = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._dropped = tag in {"style", "script"}
        kept = [(name, value or "") for name, value in attrs if name in self.kept]
        told = [(name, value) for name, value in kept if not value.startswith("data:")]
        inside = "".join(f' {name}="{escape(value)}"' for name, value in told)
        self.parts += [] if self._dropped else [f"<{tag}{inside}>"]

    def handle_endtag(self, tag: str) -> None:
        self.parts += [] if self._dropped else [f"</{tag}>"]
        self._dropped = False

    def handle_data(self, data: str) -> None:
        self.parts += [] if self._dropped else [escape(data)]


GITHUB = """<!DOCTYPE html><meta charset=utf-8><style>
body { font: 16px/1.5 sans-serif; color: #1f2328; max-width: 860px; margin: 30px auto; }
table { border-collapse: collapse; margin-bottom: 16px; display: block; overflow: auto }
td, th { border: 1px solid #d1d9e0; padding: 6px 13px }
ul { padding-left: 2em; margin: 0 0 16px } li + li { margin-top: .25em }
pre { background: #f6f8fa; padding: 16px; margin: 0 0 16px; font-size: 13.6px; overflow: auto }
:not(pre) > code { background: #818b981f; padding: .2em .4em; font-size: 13.6px }
details, p { margin: 0 0 16px }
</style>"""


def test_what_github_leaves_reads_well(look: Look, html: str) -> None:
    stripped = "".join(Stripped(html).parts)
    assert "style" not in stripped
    look.open(GITHUB + stripped, "whichpip-github")
    assert reads_well(look.page.inner_text("body"))


def test_the_markdown_reads_as_well(look: Look, saved: Any) -> None:
    from nbconvert.filters import markdown2html

    markdown = saved.cells[PLAIN].outputs[0].data["text/markdown"]
    look.open(GITHUB + markdown2html(markdown), "whichpip-markdown")
    assert look.page.title() != "owned"
    assert look.page.locator("img, b").count() == 0
    assert reads_well(look.page.inner_text("body"))


# -- other front ends

VSCODE = """<!DOCTYPE html><meta charset=utf-8><style>
body { font: 13px/1.4 system-ui, sans-serif; color: #cccccc; background: #1f1f1f; }
table, thead, tr, th, td, tbody { border: none; border-spacing: 0; text-align: right }
</style><body class=vscode-dark>"""


def test_vs_code_shows_the_verdict_first_and_needs_no_variable_of_jupyter(
    look: Look, saved: Any, html: str
) -> None:
    text = str(saved.cells[PLAIN].outputs[0].data["text/plain"])
    assert text.startswith("5 problems")
    assert all(name in "".join(text.splitlines()[:30]) for name in ("WP103", "pip3", "jupyter"))
    assert "var(" not in html
    look.open(VSCODE + html + html, "whichpip-vscode-dark")
    report = look.page.locator(".ipymod-report").last
    assert look.contrast(report) >= READABLE
    assert reads_well(report.inner_text())


COLAB = """<!DOCTYPE html><html theme=dark><meta charset=utf-8><style>
html[theme=dark] { color: #e3e3e3; background: #383838; font: 14px Roboto, sans-serif }
table { border-collapse: collapse }
</style><body>"""


def test_colab_has_each_output_in_a_frame_of_its_own(look: Look, html: str) -> None:
    frame = f'<iframe srcdoc="{escape(COLAB + html)}" width=900 height=1500></iframe>'
    look.open(frame, "whichpip-colab-dark")
    report = look.page.frame_locator("iframe").locator(".ipymod-report")
    assert look.contrast(report) >= READABLE
    assert reads_well(report.inner_text())


def test_a_report_saved_as_a_page_reads_well_in_light_and_in_dark(
    book: Notebook, lab: Lab, look: Look
) -> None:
    del book  # it has saved the page
    for scheme in ("light", "dark"):
        look.page.emulate_media(color_scheme=scheme)
        look.open((lab.root / "report.html").read_text("utf-8"), f"whichpip-page-{scheme}")
        assert look.contrast(look.page.locator(".ipymod-report")) >= READABLE
    assert reads_well(look.page.inner_text("body"))
