"""FACE: what `%config PyMod` shows and sets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from traitlets import Enum, TraitError
from traitlets.config import Configurable

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class PyMod(Configurable):
    """What ipymod does around a cell."""

    guard = Enum(
        ["warn", "stop", "fix", "off"],
        default_value="warn",
        help="""Before a line such as `!pip` that would act on another environment than this
        kernel's, wait for an answer that nobody gives, or take a version for a file's name:
        `warn` says so, `stop` refuses it, `fix` runs what is meant and says so, `off` is silent.
        """,
    ).tag(config=True)

    @classmethod
    def of(cls, shell: InteractiveShell) -> PyMod:
        """The settings that configuration files make; a slip there is told, and changes nothing."""
        try:
            return cls(parent=shell)
        except TraitError as error:
            settings = cls()
            line = f"ipymod: {error} PyMod.guard is {settings.guard!r}"
            print(line, file=sys.stderr)  # noqa: T201  a kernel that starts shows nothing else
            return settings
