"""FACE: what Binder would install, as the environment that lint compares imports with."""

from __future__ import annotations

import os

from ipymod.binder.declared import declared_by
from ipymod.binder.gather import gather
from ipymod.errors import UsageError
from ipymod.lint.targets import Target, places

_MARKS = (".binder", "binder", "environment.yml", "requirements.txt", "Pipfile", ".git")


def target_of(path: str) -> Target:
    """Give the image that Binder would build of the repository around a path.

    Raises:
        UsageError: nothing says where the repository begins, or what would be installed.
    """
    root = _root(path)
    repository = gather(root, ())
    found = declared_by(repository)
    if found is None:
        why = repository.plan.fault or "what it installs is not written in a list"
        raise UsageError(f"--target binder: {root}: {why}; ipymod binder {root} tells more")
    words = f"the image that Binder makes of {os.path.basename(root) or root}"
    version = repository.plan.python.version
    remedy = "add {} to what Binder installs"
    target = places.declared("binder", words, version, found.names | found.present, remedy)
    # Where something is built whose needs are unknown, nothing can be said to be missing.
    return target if found.is_whole else Target("binder", words, version, lambda _: "", remedy)


def _root(path: str) -> str:
    folder = start = os.path.abspath(path)
    while not any(os.path.exists(os.path.join(folder, mark)) for mark in _MARKS):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            raise UsageError(
                f"--target binder: no repository at or above {start}: there is none of"
                f" {', '.join(_MARKS)}"
            )
    return folder
