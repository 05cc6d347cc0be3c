r"""The line of a notebook's output that can still be changed, by ``\r``.

Front ends differ in what they do with the tail of a longer line: nbconvert drops it, JupyterLab
and VS Code keep it, counting even the characters of colour codes. So a line that is written again
is padded with blanks until it is as long, colour codes included, as what stood there.
"""

from __future__ import annotations

from ipymod.run.screen.colours import RESET, closed, open_style, trimmed


def _units(text: str) -> int:
    """Count as a browser does: a character beyond the first 65536 is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Line:
    """The current line of a front end, as far as we have written it."""

    def __init__(self) -> None:
        self.text = ""  # painted, its last style open
        self.stuck = False  # more stands before `text`: the line cannot be rewritten
        self._length = 0  # colour codes and padding included
        self._padded = False

    def show(self, text: str) -> str:
        """Return what turns the current line into `text`: what is new, or the line again."""
        if not self._padded and text.startswith(self.text):
            return self._append(text)
        bare = trimmed(text)
        return "" if bare == trimmed(self.text) else self._rewrite(bare)

    def _append(self, text: str) -> str:
        added = text[len(self.text) :]
        if not added:
            return ""
        style = "" if added.startswith("\x1b") else open_style(self.text)
        piece = style + added + (RESET if open_style(text) else "")
        self.text = text
        self._length += _units(piece)
        return piece

    def _rewrite(self, text: str) -> str:
        start, line = "\n" if self.stuck else "\r", closed(text)
        length = _units(line)
        padding = 0 if self.stuck else max(0, self._length - length)
        self.text, self.stuck = text, False
        self._padded, self._length = padding > 0, length + padding
        return start + line + " " * padding
