"""GATHER and DO: the look after an install: what it changed, and what is importable at once.

    imports = Imports()
    imports.watch()
    last = snapshot(sys.path, sys.modules)
    ...                                           # a cell has ended
    last = seen(last, sys.path, sys.modules, imports)
    ...                                           # pip, uv, conda, a terminal beside us
    if not untouched(last, sys.path):
        change = after(last, sys.path, sys.modules, imports)
        make_importable(change)
        print(sentence(change) or "")
        last = change.now

What was loaded stays known by the files that it was loaded from, so an upgrade that is taken back
needs no restart. The hash in a list of files is believed where the size fits, so a file that
somebody changed by hand without changing its size counts as it was installed.

Whether a module is older than an install is a matter of order: `seen` after each cell knows all
that was loaded before, and `imports` when a cell loads something while something is installed. It
remains a guess where another finder stands before ours and loads the module, and where the clock
of a file server is not that of this machine; then a restart may be named that is not needed.
"""

from __future__ import annotations

from ipymod.refresh.change import Change, after
from ipymod.refresh.importable import make_importable
from ipymod.refresh.imports import Imports
from ipymod.refresh.snapshot import Snapshot, seen, snapshot, untouched
from ipymod.refresh.step import Step
from ipymod.refresh.words import sentence

__all__ = [
    "Change",
    "Imports",
    "Snapshot",
    "Step",
    "after",
    "make_importable",
    "seen",
    "sentence",
    "snapshot",
    "untouched",
]
