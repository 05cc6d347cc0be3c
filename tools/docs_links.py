"""Look at each link of the built site: a file, an anchor in it, or the address of another host.

Sphinx knows what its own pages link to; this sees the site as a browser does, raw HTML, outputs of
cells and pictures included, and takes seconds. LinkChecker, by `make docs-links`, takes minutes,
and asks other hosts, too.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# An application with pages that it makes as it runs, and what the theme makes pages from.
APART = {"lite", "_static"}
LINKS = {"a": "href", "area": "href"}
# What a browser asks for without a click.
PARTS = dict.fromkeys(("img", "script", "iframe", "source", "audio", "video", "embed"), "src")
PARTS |= {"link": "href", "object": "data"}
NOT_LOADED = {"canonical", "next", "prev", "search", "index", "author", "copyright"}
OWN = {"", "http", "https"}


@dataclass(frozen=True)
class Link:
    """One link.

    Attributes:
        page: the file that it stands in.
        target: as it is written.
        is_part: whether a browser asks for it without a click.
    """

    page: Path
    target: str
    is_part: bool = False


@dataclass
class Page(HTMLParser):
    """What one page links to, and which anchors it has."""

    path: Path
    links: list[Link] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down what a tag links to, and its anchor."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        where = LINKS.get(tag) or PARTS.get(tag)
        if where in given:
            loaded = tag in PARTS and not NOT_LOADED & set(given.get("rel", "").split())
            self.links.append(Link(self.path, given[where], loaded))


@cache
def page(path: Path) -> Page:
    """Read a page, once."""
    return Page(path)


def faults(site: Path) -> list[str]:
    """Say of each link that leads nowhere where it stands, a line each."""
    return sorted({f"{_named(link, site)}: {why}" for link in links(site) if (why := _fault(link))})


def foreign(site: Path) -> list[str]:
    """Give the addresses of other hosts that the pages link to."""
    return sorted({link.target for link in links(site) if _is_foreign(link.target)})


def links(site: Path) -> Iterator[Link]:
    """Give all links of all pages."""
    for path in pages(site):
        yield from page(path).links


def pages(site: Path) -> Iterable[Path]:
    """Give the pages of the site."""
    found = sorted(site.rglob("*.html"))
    return [path for path in found if path.relative_to(site).parts[0] not in APART]


def _named(link: Link, site: Path) -> str:
    return f"{link.page.relative_to(site).as_posix()} links to {link.target[:100]}"


def _is_foreign(target: str) -> bool:
    return urlsplit(target).scheme in {"http", "https"} or target.startswith("//")


def _fault(link: Link) -> str:
    if _is_foreign(link.target):
        return "the page asks another host for it" if link.is_part else _malformed(link.target)
    parts = urlsplit(link.target)
    if parts.scheme not in OWN:
        return "" if parts.scheme in {"data", "mailto"} else "no such kind of address"
    path = link.page
    if parts.path:
        path = Path(os.path.normpath(link.page.parent / unquote(parts.path)))
    if not path.is_file():  # a folder is a page for a server only
        return "there is no such file"
    if path.suffix == ".html" and not {unquote(parts.fragment)} <= page(path).anchors | {"", "top"}:
        return "there is no such anchor"
    return ""


def _malformed(address: str) -> str:
    parts = urlsplit(address)
    host = parts.hostname or ""
    is_host = "." in host.strip(".") or host == "localhost"
    is_plain = address.isascii() and address.isprintable() and " " not in address
    return "" if parts.scheme and is_host and is_plain else "this is no address"
