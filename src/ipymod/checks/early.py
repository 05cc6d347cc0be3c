"""JUDGE: which standard modules a kernel imports while the working directory still comes first.

`python -m ipykernel_launcher` starts with the working directory at the head of `sys.path`; the
launcher takes it away only after it has been found, and has imported `pathlib`. A file of one of
these names in the folder of the notebook is therefore imported by every kernel that starts there.
Measured by `tools/early_imports.py` with real files on Python 3.11 to 3.13, ipykernel 6.31 and 7.4,
with `-X frozen_modules=off`, as kernels are started; a test measures again. Other versions are
taken for the nearest of these.
"""

from __future__ import annotations

_ALWAYS = frozenset({
    "collections", "copyreg", "enum", "fnmatch", "functools", "importlib", "keyword",
    "ntpath", "operator", "pathlib", "re", "reprlib", "runpy", "types", "warnings",
})  # fmt: skip
_MORE: dict[tuple[int, ...], frozenset[str]] = {
    (3, 11): frozenset({"contextlib", "ipaddress", "urllib"}),
    (3, 12): frozenset({"ipaddress", "math", "urllib"}),
    (3, 13): frozenset({"contextlib", "glob", "grp"}),
}

# What every interpreter has imported before it looks into any folder of the user.
BEFORE_ANY = frozenset({
    "_collections_abc", "_sitebuiltins", "abc", "codecs", "encodings", "genericpath", "io", "os",
    "posixpath", "site", "stat", "zipimport",
})  # fmt: skip


def early_names(version: str) -> frozenset[str]:
    """The names for a version of Python, such as `3.12.1`."""
    major, minor, *_ = (*(int(part) for part in version.split(".") if part.isdigit()), 0, 0)
    return _ALWAYS | _MORE[min(max((major, minor), min(_MORE)), max(_MORE))]
