"""Run any module in the kernel's own interpreter: `%load_ext ipymod`, then `%pymod NAME`."""

from __future__ import annotations

TYPE_CHECKING = False  # typing imports re, and there may be a re.py in the working directory
if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["__version__", "load_ipython_extension", "unload_ipython_extension"]


def __getattr__(name: str) -> str:
    """Give `__version__`, read from the installed metadata when somebody asks."""
    if name != "__version__":
        raise AttributeError(f"module 'ipymod' has no attribute {name!r}")
    from importlib.metadata import version

    return version("ipymod")


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register `%pymod` and its completion; called by `%load_ext ipymod`."""
    from ipymod import magics

    magics.load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take everything away again; called by `%unload_ext ipymod`."""
    from ipymod import magics

    magics.unload(shell)
