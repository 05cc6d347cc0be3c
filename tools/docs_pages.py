"""The pages of the site that are written from what the code and the texts of the project say.

A page for each check, from the registries as docs/checks.md is; the manual of each magic and each
command, from their own help; the README, CONTRIBUTING and LICENSE; the changes, from changes/.
"""

from __future__ import annotations

import os
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from ipymod.cli import main as command
from ipymod.cli import usage
from ipymod.commands import COMMANDS
from ipymod.commands.explain import chapters
from ipymod.hooks.settings import PyMod
from ipymod.magics import PymodMagics
from ipymod.report.explain import explain
from ipymod.report.model import words_of
from ipymod.whichpip import parser as whichpip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.registry import Check
    from ipymod.report.explain import Chapter

REPOSITORY = Path(__file__).resolve().parents[1]
# Texts of the project that become pages as they are, and where they stand on the site.
TEXTS = {
    "README.md": "readme.inc",
    "CONTRIBUTING.md": "contributing.md",
    "changes/README.md": "writing-changes.md",
}
# Where a link in one of them, or in a notebook, leads to on the site.
PLACES = TEXTS | {
    "README.md": "index.md",
    "LICENSE": "licence.md",
    "docs/checks.md": "checks/index.md",
    "notebooks": "tutorials/index.md",
    "notebooks/": "tutorials/index.md",
}
KINDS = {"feature": "New", "fix": "Mended", "removal": "Gone or different", "doc": "Documentation"}

FENCED = re.compile(r"(?ms)^(`{3,}).*?^\1[ \t]*$")
LINK = re.compile(r"(?<=\]\()(?![a-z+]+:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")
FOREIGN_IMAGE = re.compile(r"!\[([^\]]*)\]\(https?://[^)]*\)")

Pages = dict[str, str]


def written() -> Pages:
    """All pages that are made from code and texts, by their place on the site."""
    return {**of_checks(), **of_manuals(), **of_texts(), "changes.md": changes()}


def of_texts() -> Pages:
    """Give the texts of the project, with links that lead to pages of the site."""
    texts = {to: moved(read(source), source, PLACES[source]) for source, to in TEXTS.items()}
    return texts | {"licence.md": f"# Licence\n\n{fenced(read('LICENSE'))}\n"}


def read(path: str) -> str:
    """Read a text of the project."""
    return (REPOSITORY / path).read_text("utf-8")


def moved(text: str, source: str, to: str) -> str:
    """Let the links of a text of the project lead to the pages of the site.

    A badge is a picture that another host would have to send; its words take its place.

    Args:
        text: in Markdown; what is fenced stays as it is.
        source: where it stands in the project.
        to: where it stands on the site.

    Raises:
        LookupError: a link leads to what the site does not have.
    """

    def relinked(match: re.Match[str]) -> str:
        target = os.path.normpath(os.path.join(os.path.dirname(source), match[1]))
        return os.path.relpath(_place(target, source), os.path.dirname(to)) + (match[2] or "")

    def unfenced(part: str) -> str:
        return LINK.sub(relinked, FOREIGN_IMAGE.sub(r"\1", part))

    done, parts = 0, []
    for fence in FENCED.finditer(text):
        parts += [unfenced(text[done : fence.start()]), fence[0]]
        done = fence.end()
    return "".join([*parts, unfenced(text[done:])])


def _place(target: str, source: str) -> str:
    if target in PLACES:
        return PLACES[target]
    folder, name = os.path.split(target)
    if folder == "notebooks" and name.endswith(".ipynb"):
        return f"tutorials/{name}"
    raise LookupError(f"{source} links to {target}, which the site does not have")


def of_checks() -> Pages:
    """Give a page for each check, one for each registry, and the lists of all."""
    pages: Pages = {}
    for chapter in chapters():
        pages |= {f"checks/{each.code}.md": _check(chapter, each) for each in chapter.registry}
        pages[f"checks/{_slug(chapter)}.md"] = _chapter(chapter)
    return pages | {"checks/index.md": _all_checks()}


def _check(chapter: Chapter, check: Check) -> str:
    explained = explain(chapter.registry, check.code, chapter.healthy).markdown
    where = f"[{_title(chapter)}]({_slug(chapter)}.md)"
    told = f"Family *{check.family}* of {where}. `ipymod explain {check.code}` shows this page."
    return f"{explained.removeprefix('##')}\n{told}\n"


def _title(chapter: Chapter) -> str:
    return chapter.about.partition("\n")[0].removeprefix("# ")


def _slug(chapter: Chapter) -> str:
    return re.sub(r"\W+", "-", _title(chapter).lower())


def _chapter(chapter: Chapter) -> str:
    families: dict[str, list[Check]] = {}
    for check in chapter.registry:
        families.setdefault(check.family, []).append(check)
    parts = [chapter.about, toctree(check.code for check in chapter.registry)]
    for family, checks in families.items():
        lines = [f"* {_linked(check)}: {check.summary}" for check in checks]
        parts.append("\n".join([f"## {family}\n", *lines]))
    return "\n\n".join(parts) + "\n"


def _linked(check: Check) -> str:
    return f"[{check.code}]({check.code}.md) {words_of(check)}"


def _all_checks() -> str:
    by_code = [check for chapter in chapters() for check in chapter.registry]
    by_name = sorted(by_code, key=lambda check: words_of(check).lower())
    lists = (
        ("By code", (f"* {_linked(check)}" for check in by_code)),
        ("By name", (f"* {words_of(check)}: [{check.code}]({check.code}.md)" for check in by_name)),
    )
    told = "Each check has a code that never changes its meaning. A page tells what it means, why"
    parts = [f"# The checks\n\n{told} it matters, and what puts it right."]
    parts += ["\n".join(f"* [{_title(each)}]({_slug(each)}.md)" for each in chapters())]
    parts += [f"## {title}\n\n" + "\n".join(lines) for title, lines in lists]
    parts += [toctree(_slug(chapter) for chapter in chapters())]
    return "\n\n".join(parts) + "\n"


def of_manuals() -> Pages:
    """Give a page for each magic and each command, as they tell it themselves."""
    manuals = dict(_manuals())
    lines = [f"* [`{title}`]({name}.md)" for name, (title, _) in manuals.items()]
    whole = ["# Manuals", "\n".join(lines), "## Every command", fenced(usage()), toctree(manuals)]
    pages = {
        f"manuals/{name}.md": f"# `{title}`\n\n{fenced(text)}\n"
        for name, (title, text) in manuals.items()
    }
    return pages | {"manuals/index.md": "\n\n".join(whole) + "\n"}


def _manuals() -> Iterator[tuple[str, tuple[str, str]]]:
    """Name of the page, title, text."""
    yield "pymod", ("%pymod", PymodMagics.pymod.__doc__ or "")
    yield "whichpip", ("%whichpip", whichpip("%whichpip").format_help())
    yield "config", ("%config PyMod", PyMod.class_get_help())
    for name in COMMANDS:
        yield f"ipymod-{name}", (f"ipymod {name}", help_of(name))


def help_of(name: str) -> str:
    """Give what `ipymod NAME --help` prints, in 80 columns."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    try:
        with redirect_stdout(StringIO()) as printed:
            command([name, "--help"])
    finally:
        os.environ.pop("COLUMNS")
        os.environ |= {} if before is None else {"COLUMNS": before}
    return printed.getvalue()


def changes() -> str:
    """Give the changes to come, by kind, the oldest first."""
    parts = ["# Changes", "Not released yet:"]
    for kind, title in KINDS.items():
        found = sorted(REPOSITORY.glob(f"changes/*.{kind}.md"), key=_number)
        lines = [line for path in found for line in path.read_text("utf-8").splitlines() if line]
        if lines:
            parts.append("\n".join([f"## {title}\n", *(f"* {line}" for line in lines)]))
    return "\n\n".join([*parts, toctree(["writing-changes"])]) + "\n"


def _number(path: Path) -> tuple[int, str]:
    digits = path.name.partition(".")[0]
    return (int(digits) if digits.isdigit() else 0, path.name)


def fenced(text: str) -> str:
    """Set a text as it is, whatever backquotes it holds."""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 3)
    return f"{fence}text\n{text.strip()}\n{fence}"


def toctree(names: Iterable[str]) -> str:
    """Give pages their places in the navigation."""
    return "\n".join(["```{toctree}", ":hidden:", "", *names, "```"])
