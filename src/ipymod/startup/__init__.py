"""DO: let kernels load ipymod when they start, by a file that IPython runs then.

A file of our own, and no entry in IPython's settings: a list of extensions in one settings file
replaces the list in another, so an entry of ours would silently switch off what somebody else
loads. And a file can ask whether this Python has ipymod at all, which its settings cannot.
"""

from __future__ import annotations

from ipymod.startup.command import answer, parser

__all__ = ["answer", "parser"]
