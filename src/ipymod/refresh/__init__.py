"""GATHER and DO: the look after an install: what it changed, and what is importable at once.

    before = snapshot(sys.path, sys.modules)
    ...                                          # pip, uv, conda, a terminal beside the notebook
    change = after(before, sys.path, sys.modules)
    make_importable(change)
    print(sentence(change) or "")
    before = change.now

Take the snapshot right before the installer runs, and give it the last one as `earlier`: what was
loaded before stays known by the files that it was loaded from, so an upgrade that is taken back
needs no restart.
"""

from __future__ import annotations

from ipymod.refresh.change import Change, Step, after
from ipymod.refresh.importable import make_importable
from ipymod.refresh.snapshot import Snapshot, snapshot, untouched
from ipymod.refresh.words import sentence

__all__ = [
    "Change",
    "Snapshot",
    "Step",
    "after",
    "make_importable",
    "sentence",
    "snapshot",
    "untouched",
]
