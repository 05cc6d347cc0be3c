"""Reports to be written in all forms: healthy ones, one for each check, hostile ones."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from ipymod.checks import REGISTRY
from ipymod.facts import Command, Environment
from ipymod.facts.healthy import HEALTHY
from ipymod.registry import Problem, Severity, Skipped, Verdict
from ipymod.report import Report, build

if TYPE_CHECKING:
    from ipymod.facts.everything import Facts

DEBIAN = Environment("/usr", "/usr", "debian", "3.11.2", ("/usr/lib/python3/dist-packages",))


def reached(name: str, environment: Environment, path: str = "") -> Command:
    """A command that works."""
    return Command(
        name=name,
        path=path or f"{environment.prefix}/bin/{name}",
        python=f"{environment.prefix}/bin/python3",
        environment=environment,
        state="ok",
        certainty="certain",
        steps=(f"it imports from {environment.prefix}",),
    )


def broken(name: str, reason: str = "its interpreter /gone/bin/python does not exist") -> Command:
    """A command that cannot start."""
    path = f"/gone/bin/{name}"
    return Command(name, path, state="broken", certainty="certain", reason=reason, fault="missing")


def mixed() -> Facts:
    """One command of each kind."""
    unknown = Command("python", "/opt/odd/python", reason="/opt/odd/python is a program of its own")
    return replace(HEALTHY, pip=reached("pip", DEBIAN), pip3=broken("pip3"), python=unknown)


def of(facts: Facts, *problems: Problem, everything: bool = False) -> Report:
    """A report of these facts and problems, whatever the checks think of them."""
    plain = build(facts, REGISTRY)
    verdict = Verdict(problems, (Skipped("WP111", "conda_elsewhere", "conda"),))
    return replace(plain, verdict=verdict, everything=everything)


def problem(text: str, code: str = "WP101", severity: Severity = Severity.ERROR) -> Problem:
    """A problem that says one thing everywhere."""
    return Problem(code, "pip_installs_elsewhere", severity, text, text, {"seen": text, text: "x"})


def squeezed(text: str) -> str:
    """The same words with single blanks between them."""
    return " ".join(text.split())


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</title></svg><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "a`b``c|d\\e*f*_g_[h](javascript:i)",
    "]]><!-- & &lt; &amp;",
    "line\nbreak\r\nand\ttab",
    "\x1b[2J\x1b]0;title\x07\x9b31m",
    "txt.\u202egnp.exe\u2066\u200b\u2028",
    "not \udcff\udce9 UTF-8",
    "$x^2$ @everyone #1 https://example.org",
    "```\nend\n```",
    "x" * 500,
    "",
    " ",
)


def hostile(text: str) -> Report:
    """A report in which a text stands in every place that a file or a variable can fill."""
    place = f"/srv/{text}"
    environment = Environment(place, place, text, text, (place,), place)
    commands: dict[str, Any] = {
        "pip": replace(reached("pip", environment, f"{place}/pip"), steps=(text, text)),
        "python": replace(broken("python", text), path=f"{place}/python"),
        "uv": Command("uv", f"{place}/uv", reason=text),
    }
    kernel = replace(
        HEALTHY.kernel, executable=f"{place}/python", prefix=place, environment=environment
    )
    facts = replace(HEALTHY, kernel=kernel, **commands)
    return of(facts, problem(text), everything=True)


class Reader(HTMLParser):
    """Reads a page as a front end does that drops all style: elements and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._in_style = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All text, without the style sheet."""
        return "".join(self.words)

    def attributes(self, name: str) -> list[str]:
        """All values of an attribute."""
        return [told[name] or "" for _, told in self.tags if name in told]
