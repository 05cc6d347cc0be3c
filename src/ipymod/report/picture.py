"""SHOW: a picture of where each command goes: commands left, environments right.

It is an image of its own, so it knows nothing of the page: text stands in filled boxes, and the
lines have a middle tone, so that both can be read on white and on black.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.legible import legible

if TYPE_CHECKING:
    from ipymod.report.model import Report, Route

_WIDTH, _HEAD, _ROW, _BOX, _MARGIN = 760, 30, 54, 44, 3  # pixels
_LEFT_END, _RIGHT = 160, 340  # where the boxes of commands end, where those of environments begin
_LETTERS, _BOLD_LETTERS = 52, 40  # that fit into a box on the right, also in a wide font

_FILLS = {
    "this kernel": "#1e7a46",
    "elsewhere": "#9a5b00",
    "broken": "#b3261e",
    "unknown": "#5f6772",
    "command": "#37475a",
    "headings": "#5f6772",
}
LINES = {
    "this kernel": "#2f9e62",
    "elsewhere": "#c77d0a",
    "broken": "#d84a42",
    "unknown": "#87909b",
}
_SANS = 'font-family="system-ui, sans-serif" font-size="14" fill="#ffffff"'
_MONO = 'font-family="monospace" font-size="12" fill="#ffffff"'


@dataclass(frozen=True)
class End:
    """A box on the right: what it is, and where."""

    kind: str
    title: str
    place: str


@dataclass(frozen=True)
class Way:
    """A box on the left and the line to its end."""

    names: str
    kind: str
    end: End


def draw(report: Report) -> str:
    """Draw it as SVG, which is well-formed XML whatever the files are called."""
    ways = _ways(report)
    ends = list(dict.fromkeys([_kernel_end(report), *(way.end for way in ways)]))
    ways.sort(key=lambda way: ends.index(way.end))  # so that no lines cross
    rows = max(len(ways), len(ends))
    lefts = _centres(len(ways), rows)
    rights = dict(zip(ends, _centres(len(ends), rows), strict=True))
    parts = [f"<title>{escape(in_words(report))}</title>", _headings()]
    parts += [_line(way, left, rights[way.end]) for way, left in zip(ways, lefts, strict=True)]
    parts += [_command_box(way, left) for way, left in zip(ways, lefts, strict=True)]
    parts += [_end_box(end, right) for end, right in rights.items()]
    height = _HEAD + rows * _ROW + 2 * _MARGIN
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    inside = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n{inside}\n</svg>\n'


def _headings() -> str:
    width = _WIDTH - 2 * _MARGIN
    place = f'x="{_MARGIN}" y="{_MARGIN}" width="{width}" height="{_HEAD - 4}" rx="6"'
    y = _MARGIN + _HEAD / 2 + 3
    middle = (_MARGIN + _LEFT_END) / 2
    return (
        f'<rect {place} fill="{_FILLS["headings"]}"/>'
        f'<text x="{middle:g}" y="{y:g}" text-anchor="middle" {_SANS}>You type</text>'
        f'<text x="{_RIGHT + 12}" y="{y:g}" {_SANS}>It goes to</text>'
    )


def in_words(report: Report) -> str:
    """Say what the picture shows."""
    kernel = f"This kernel is Python {report.kernel.version} in {report.kernel.prefix}."
    told = "; ".join(map(_told, report.commands)) or "no command is on PATH"
    return legible(f"Where each command goes. {kernel} {told[0].upper()}{told[1:]}.")


def _told(route: Route) -> str:
    if route.goes == "this kernel":
        return f"{route.name} goes to this kernel"
    if route.goes == "elsewhere":
        return f"{route.name} goes elsewhere, to {route.prefix} (Python {route.version or '?'})"
    if route.goes == "broken":
        return f"{route.name} is broken: {route.reason or 'it cannot start'}"
    return f"where {route.name} goes is not known"


def _ways(report: Report) -> list[Way]:
    """The commands in order; names that lead the same way share a box."""
    names: dict[tuple[str, str, End], list[str]] = {}
    for route in report.commands:
        key = (route.name.rstrip("3"), route.goes, _end(report, route))
        names.setdefault(key, []).append(route.name)
    return [Way(", ".join(them), kind, end) for (_, kind, end), them in names.items()]


def _kernel_end(report: Report) -> End:
    kernel = report.kernel
    title = f"this kernel: Python {kernel.version}, {kernel.environment.kind}"
    return End("this kernel", title, kernel.prefix)


def _end(report: Report, route: Route) -> End:
    if route.goes == "this kernel":
        return _kernel_end(report)
    environment = route.environment
    if route.goes == "elsewhere" and environment is not None:
        title = f"Python {environment.version or '?'}, {environment.kind}"
        return End("elsewhere", title, environment.prefix)
    if route.goes == "broken":
        return End("broken", "broken: it cannot start", route.python or route.path)
    return End("unknown", "not known without starting it", route.path)


def _centres(count: int, rows: int) -> list[float]:
    """The middle heights of so many boxes, spread evenly."""
    step = rows * _ROW / max(count, 1)
    return [_HEAD + _MARGIN + step * (number + 0.5) for number in range(count)]


def _line(way: Way, left: float, right: float) -> str:
    """A curve; one that leads nowhere is dashed and crossed out."""
    middle = (_LEFT_END + _RIGHT) / 2
    curve = f"M{_LEFT_END} {left:g} C{middle:g} {left:g} {middle:g} {right:g} {_RIGHT} {right:g}"
    dashes = {"broken": ' stroke-dasharray="9 7"', "unknown": ' stroke-dasharray="2 6"'}
    style = f'fill="none" stroke="{LINES[way.kind]}" stroke-width="3"{dashes.get(way.kind, "")}'
    path = f'<path d="{curve}" {style}/>'
    if way.kind != "broken":
        return path
    # three quarters along the curve, where few lines cross
    x = 0.015625 * _LEFT_END + 0.5625 * middle + 0.421875 * _RIGHT
    return path + _cross(x, left + 0.84375 * (right - left))


def _cross(x: float, y: float) -> str:
    style = f'stroke="{LINES["broken"]}" stroke-width="5" stroke-linecap="round"'
    strokes = ((-9, -9, 9, 9), (-9, 9, 9, -9))
    return "".join(
        f'<line x1="{x + a:g}" y1="{y + b:g}" x2="{x + c:g}" y2="{y + d:g}" {style}/>'
        for a, b, c, d in strokes
    )


def _command_box(way: Way, y: float) -> str:
    box = _box(_MARGIN, y, _LEFT_END - _MARGIN, _FILLS["command"], LINES[way.kind])
    x = (_MARGIN + _LEFT_END) / 2
    label = f'<text x="{x:g}" y="{y + 5:g}" text-anchor="middle" {_SANS}>{escape(way.names)}</text>'
    return box + label


def _end_box(end: End, y: float) -> str:
    box = _box(_RIGHT, y, _WIDTH - _RIGHT - _MARGIN, _FILLS[end.kind], LINES[end.kind])
    title = f'x="{_RIGHT + 12}" y="{y - 4:g}" font-weight="bold" {_SANS}'
    place = f'x="{_RIGHT + 12}" y="{y + 14:g}" {_MONO}'
    lines = (
        f"<text {title}>{_cut(end.title, _BOLD_LETTERS)}</text>"
        f"<text {place}>{_cut(end.place, _LETTERS)}</text>"
    )
    return box + lines


def _box(x: float, y: float, width: float, fill: str, edge: str) -> str:
    place = f'x="{x:g}" y="{y - _BOX / 2:g}" width="{width:g}" height="{_BOX}" rx="8"'
    return f'<rect {place} fill="{fill}" stroke="{edge}" stroke-width="2"/>'


def _cut(text: str, letters: int) -> str:
    """Leave out the middle of what does not fit; its two ends tell most."""
    text = legible(text)
    if len(text) > letters:
        half = (letters - 1) // 2
        text = f"{text[:half]}…{text[-half:]}"
    return escape(text)
