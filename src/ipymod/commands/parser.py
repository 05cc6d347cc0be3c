"""FACE: how the commands read their words: errors are ours, help ends on examples."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import TYPE_CHECKING, NoReturn

from ipymod.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


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
            epilog=f"examples:\n{told}" if examples else None,
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Refuse the words.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{message}; {self.prog} --help shows what may stand here")
