"""The `{expressions}` that IPython replaces in a `!` line before any shell sees it."""

from __future__ import annotations

from string import Formatter


def fields(text: str) -> dict[int, int]:
    """Give where each `{expression}` starts, and where it ends; a doubled brace is one, too.

    IPython replaces all of a line or nothing. Where a brace has no partner, or holds no Python,
    as in `awk '{print $1}'`, there are no fields, and all braces are the shell's.
    """
    if "{" not in text and "}" not in text:
        return {}
    try:
        return _spans(text)
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
        return {}


def _spans(text: str) -> dict[int, int]:
    found: dict[int, int] = {}
    position = 0
    for literal, name, spec, conversion in Formatter().parse(text):
        position += len(literal)
        if literal.endswith(("{", "}")):  # it was doubled, and ends its literal
            found[position - 1] = position = position + 1
        if name is None:
            continue
        content = f"{name}:{spec}" if spec else name
        _check(content)
        start, position = position, position + 1 + len(content)
        position += len(f"!{conversion}") if conversion else 0
        position += text.startswith(":", position) + 1
        found[start] = position
    return found


def _check(expression: str) -> None:
    import warnings

    with warnings.catch_warnings(action="ignore"):  # what is only tried must not warn of "\d"
        compile(expression.lstrip(" \t"), "<field>", "eval", dont_inherit=True)
