"""FACE: what `%config PyMod` shows and sets."""

from __future__ import annotations

from traitlets import Enum
from traitlets.config import Configurable


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
