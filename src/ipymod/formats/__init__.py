"""SHOW: findings and outcomes in the forms that other programs read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ipymod.formats.linted import Linted

Form = Literal["text", "json", "github", "sarif", "junit"]
FORMS: tuple[Form, ...] = ("text", "json", "github", "sarif", "junit")
WIDTH = 80


def show(form: Form, linted: Linted, *, colour: bool = False, width: int = WIDTH) -> str:
    """Write what lint found, without a newline at the end; only this form's module is loaded.

    Args:
        form: one of FORMS.
        linted: what was found, and in what.
        colour: whether the text is for a terminal that knows colours; other forms have none.
        width: of the text, in columns.
    """
    if form == "text":
        from ipymod.formats import text

        return text.write(linted, colour=colour, width=width)
    if form == "json":
        from ipymod.formats import json

        return json.write(linted)
    if form == "github":
        from ipymod.formats import github

        return github.write(linted)
    if form == "sarif":
        from ipymod.formats import sarif

        return sarif.write(linted)
    from ipymod.formats import cases

    return cases.write(linted)
