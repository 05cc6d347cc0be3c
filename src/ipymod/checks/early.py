"""JUDGE: which standard modules a kernel imports while the working directory still comes first.

`python -m ipykernel_launcher` starts with the working directory at the head of `sys.path`; the
launcher takes it away only after it has been found, and has imported `pathlib`. A file of one of
these names in the folder of the notebook is therefore imported by every kernel that starts there.
Measured by `tools/early_imports.py` with real files, ipykernel 6.31 and 7.4, with and without
`-X frozen_modules=off`, as kernels are started; a test measures again.
"""

from __future__ import annotations

_ALWAYS = frozenset({
    "collections", "contextlib", "copyreg", "enum", "fnmatch", "functools", "importlib", "keyword",
    "ntpath", "operator", "pathlib", "re", "reprlib", "runpy", "types", "warnings",
})  # fmt: skip
_UNTIL_3_12 = frozenset({"ipaddress", "urllib"})
_SINCE_3_13 = frozenset({"glob", "grp"})
_CHANGED = (3, 13)

# What every interpreter has imported before it looks into any folder of the user.
BEFORE_ANY = frozenset({
    "_collections_abc", "_sitebuiltins", "abc", "codecs", "encodings", "genericpath", "io", "os",
    "posixpath", "site", "stat", "zipimport",
})  # fmt: skip


def early_names(version: str) -> frozenset[str]:
    """The names for a version of Python, such as `3.12.1`."""
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    return _ALWAYS | (_SINCE_3_13 if numbers >= _CHANGED else _UNTIL_3_12)
