"""JUDGE: whether a line that is about to run leads astray, and what to run instead.

    reading = read("pip install seaborn", "line")
    verdict = judge(reading, this_kernel(), Surroundings.now()) if reading.calls else None

A line leads astray if it acts on another environment than the kernel's, if it takes a version for
a file's name (`keras>=3`), or if it waits for an answer that nobody can give.
"""

from __future__ import annotations

from ipymod.guard.judge import Verdict, judge
from ipymod.shell.reading import Reading, read

__all__ = ["Reading", "Verdict", "judge", "read"]
