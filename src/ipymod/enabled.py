"""FACE: what a kernel loads at its start after `ipymod enable`: ipymod, and perhaps a greeting."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Load ipymod, and plan the greeting; called by the file that `ipymod enable` wrote.

    IPython counts `ipymod` alone as loaded, so that `%unload_ext ipymod` ends all of it.
    """
    from ipymod import greeting

    shell.extension_manager.load_extension("ipymod")
    greeting.plan(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Unload ipymod where somebody named `ipymod.enabled` among the extensions."""
    shell.extension_manager.unload_extension("ipymod")
