r"""SHOW: paths as programs on other machines read them: from the root on, parted by `/`.

Whether a path is one of Windows tells the root: elsewhere `\` is a letter like any other.
"""

from __future__ import annotations

import ntpath
import posixpath
from urllib.parse import quote


def relative(path: str, root: str) -> str | None:
    """Give the path from the root on, parted by `/`; None where it lies outside."""
    kind = ntpath if _is_windows(root) else posixpath
    try:
        found: str = kind.relpath(kind.join(root, path), root)
    except ValueError:  # another drive
        return None
    parts = found.split(kind.sep)
    return None if parts[0] == kind.pardir else "/".join(parts)


def slashed(path: str, root: str) -> str:
    """Give the path from the root on; where it lies outside, as it is, parted by `/`."""
    found = relative(path, root)
    if found is not None:
        return found
    return path.replace("\\", "/") if _is_windows(root) else path


def uri(path: str, root: str) -> str:
    """Give the path as a reference of RFC 3986: relative to the root, or `file:` if outside."""
    found = relative(path, root)
    if found is not None:
        return _quoted(found)
    if not _is_windows(root):
        return f"file://{_quoted(posixpath.normpath(posixpath.join(root, path)))}"
    drive, rest = ntpath.splitdrive(ntpath.normpath(ntpath.join(root, path)))
    if len(drive) == len("C:"):
        return f"file:///{drive}{_quoted(rest.replace(ntpath.sep, '/'))}"
    return f"file:{_quoted((drive + rest).replace(ntpath.sep, '/'))}"  # //server/share


def _is_windows(root: str) -> bool:
    return root[1:2] == ":" or root.startswith("\\\\")


def _quoted(path: str) -> str:
    """Write the bytes of a name; one of Windows may hold half a character, which has none."""
    try:
        name = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        name = path.encode("utf-8", "surrogatepass")
    return quote(name, safe="/")
