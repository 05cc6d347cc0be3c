"""`%pymod` and `%whichpip`: registered when the extension is loaded, at work when first used."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from IPython.core.magic import (
    Magics,
    line_cell_magic,
    line_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)

from ipymod.browser import is_browser
from ipymod.hooks import installing
from ipymod.patterns import pattern
from ipymod.run.options import manual

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ipymod.actions import Actions

# Modules that install; to look at a few lines too many costs a look.
_INSTALLERS = pattern(r"\b(?:pip|uv|conda|ensurepip)\b")

MANUAL = """Run a module in this kernel's own interpreter: `python -m` for notebooks.

  %pymod [OPTION ...] NAME [ARG ...]
  %%pymod [OPTION ...] NAME [ARG ...]   the cell's body is its standard input
  %%pymod [OPTION ...] - [ARG ...]      the cell's body is a program

Examples

  %pymod pip install "pandas>=2"        for this kernel, whatever is on PATH
  %pymod pytest -q tests
  %pymod unittest -v {{*names}}           a list, one argument each
  r = %pymod --capture pip list --format json
  r.json()[0]
  %pymod --bg http.server 8000          then --jobs, --tail 1, --kill 1
  %pymod --explain http.server

Options stand before NAME; all that follows NAME belongs to the module.

{options}

Words

  There is no shell: `>=2`, `1.*`, `a|b` and `~` reach the module as they are.
  `$name` and `{{expression}}` become one argument whatever they hold, and
  `{{*list}}` one for each item. Single quotes, `$$` and `{{{{ }}}}` are literal, and
  so are braces that hold no expression, such as JSON. `#` begins a comment.
  Quotes and backslash work as in a shell; on Windows a backslash is itself.

How it ends

  A status other than 0 is an error, so that Run All stops; `--no-raise`
  prevents it. The status is in `_exit_code`, a signal is negative. The line's
  value is a result: args, returncode, seconds, cpu_seconds, peak_memory, log,
  and with --capture stdout, stderr and json(). Interrupting the cell stops the
  module and all that it started: SIGINT first, SIGTERM after 5 seconds or at
  the second interrupt, then SIGKILL. Nothing outlives the kernel.
"""


@magics_class
class PymodMagics(Magics):
    """The magic; `actions` does the work."""

    _actions: Actions | None = None

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def pymod(self, line: str, cell: str | None = None, local_ns: Any = None) -> Any:  # noqa: D102  it is MANUAL
        from ipymod.actions import Actions

        if self._actions is None:
            self._actions = Actions(self.shell)
        if not _INSTALLERS.search(line):
            return self._actions.perform(line, cell, local_ns or {})
        if is_browser():
            return self._in_browser(line, cell, local_ns or {})
        with installing():
            return self._actions.perform(line, cell, local_ns or {})

    def _in_browser(self, line: str, cell: str | None, local_ns: Any) -> Any:
        """There an install has to be awaited, and the cell was changed to do so."""
        from inspect import isawaitable

        from ipymod.browser.awaiting import given, is_awaited, waited

        with installing():
            value = self._actions.perform(line, cell, local_ns) if self._actions else None
        if isawaitable(value):
            value = self._installed(value)
            return value if is_awaited() else waited(value)
        return given(value) if is_awaited() else value

    async def _installed(self, value: Any) -> Any:
        with installing():
            return await value

    @no_var_expand
    @needs_local_scope
    @line_magic
    def whichpip(self, line: str, local_ns: Any = None) -> Any:
        """Show which Python this is, and where pip, python, uv and others would lead.

        %whichpip [NAME|CODE|FAMILY ...] [--explain [CODE]] [--all] [--probe]
                  [--json] [--save FILE] [--share] [--ready FILE]

        `%whichpip --help` tells what each of them does. The value is the report.
        """
        from collections import ChainMap

        from ipymod.whichpip import magic

        names = ChainMap(dict(local_ns or {}), self.shell.user_ns)
        colour = not hasattr(self.shell, "kernel") and sys.stdout.isatty()
        return magic(line, names, colour=colour)

    def end(self) -> None:
        """Stop the jobs."""
        if self._actions is not None:
            self._actions.jobs.end()


# `%pymod?` shows it; written from the options themselves, so that none is forgotten.
PymodMagics.pymod.__doc__ = MANUAL.format(options=manual())


def load(shell: InteractiveShell) -> None:
    """Register the magics and their completion, and look after each cell."""
    from ipymod import completion, hooks

    shell.register_magics(PymodMagics(shell=shell))
    completion.add(shell)
    hooks.add(shell)
    if is_browser():
        from ipymod.browser.awaiting import awaiting

        shell.input_transformers_post.append(awaiting)


def unload(shell: InteractiveShell) -> None:
    """Take the magics away, stop the jobs, leave no trace."""
    from ipymod import completion, hooks

    hooks.remove(shell)
    completion.remove(shell)
    if is_browser():
        from ipymod.browser.awaiting import awaiting

        shell.input_transformers_post.remove(awaiting)
    table = shell.magics_manager.magics
    table["line"].pop("pymod", None)
    table["line"].pop("whichpip", None)
    table["cell"].pop("pymod", None)
    magics = shell.magics_manager.registry.pop("PymodMagics", None)
    if magics is not None:
        shell.configurables.remove(magics)  # where IPython has put it
        magics.end()
