"""FACE: how the commands read their words: errors are ours, help ends on examples."""

from __future__ import annotations

from argparse import ArgumentParser, HelpFormatter
from typing import TYPE_CHECKING, NoReturn

from ipymod.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


_EXAMPLES = "examples:\n"


class _Formatter(HelpFormatter):
    """Wraps the description, and leaves the examples as they are typed."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith(_EXAMPLES) else super()._fill_text(text, width, indent)


class Parser(ArgumentParser):
    """Reads the words of one command.

    Raises:
        UsageError: from `parse_args`, where argparse would end the process.
    """

    def __init__(self, command: str, about: str, examples: Sequence[str] = ()) -> None:
        told = "\n".join(f"  {line}" for line in examples)
        super().__init__(
            f"ipymod {command}",
            description=about,
            epilog=f"{_EXAMPLES}{told}" if examples else None,
            formatter_class=_Formatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Refuse the words.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{message}; {self.prog} --help shows what may stand here")
