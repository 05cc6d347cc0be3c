# ruff: noqa: ANN001, ANN201
# Types stand in comments: it has to run on Python 2.7.
"""GATHER: one Python describes itself.

A lone file that imports nothing but the standard library and runs on Python 2.7 to 3.14, because
any Python may be asked: it is given to that Python as a script. It prints one JSON object between
two markers, whatever else that Python says.
"""

import sys

BEGIN = "<ipymod-probe>"
END = "</ipymod-probe>"
SCRIPT = __name__ == "__main__"  # who only imports this file keeps its path
if SCRIPT and not (getattr(sys.flags, "isolated", 0) or getattr(sys.flags, "safe_path", 0)):
    del sys.path[0]  # a json.py beside us must not break us
WHOLE = list(sys.path)


def describe():
    # type: () -> dict[str, object]
    """Everything that this Python knows of itself, in what JSON can say."""
    import os
    import platform

    return {
        "executable": sys.executable,
        "prefix": sys.prefix,
        "base_prefix": base_prefix(),
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "path": WHOLE,
        "flags": flags(),
        "site": site_directories(),
        "user_site": user_site(),
        "scripts": directory("scripts"),
        "system": platform.system(),
        "machine": os.uname()[4] if hasattr(os, "uname") else platform.machine(),
        "managed": managed(),
        "cwd": cwd(),
    }


def cwd():
    # type: () -> str
    """The working directory; empty if it was deleted."""
    import os

    try:
        return os.getcwd()
    except OSError:
        return ""


def elsewhere(path):
    # type: (list[str]) -> list[str]
    """The path without the working directory, unless that is where the standard library lies."""
    import os

    here = cwd()
    library = os.path.dirname(os.__file__)
    if not here:
        return path
    return [entry for entry in path if entry == library or os.path.abspath(entry or here) != here]


def base_prefix():
    # type: () -> str
    """The prefix of the base; virtualenv before 20 called it `real_prefix`."""
    return str(getattr(sys, "real_prefix", None) or getattr(sys, "base_prefix", sys.prefix))


def flags():
    # type: () -> list[str]
    """The options that it was started with and that change what is imported."""
    if getattr(sys.flags, "isolated", 0):
        return ["-I"]
    letters = [("ignore_environment", "-E"), ("no_user_site", "-s"), ("safe_path", "-P")]
    return [letter for name, letter in letters if getattr(sys.flags, name, 0)]


def directory(name):
    # type: (str) -> str
    """A directory of the scheme that pip installs by; empty if there is none."""
    import sysconfig

    return sysconfig.get_path(name) or ""


def site_directories():
    # type: () -> list[str]
    """The directories of packages, the one that pip fills first."""
    import site

    found = [directory("purelib"), directory("platlib")]
    if hasattr(site, "getsitepackages"):  # virtualenv before 20 brings a site of its own
        found += site.getsitepackages()
    return [each for i, each in enumerate(found) if each and each not in found[:i]]


def user_site():
    # type: () -> str
    """The user's directory of packages, whether it is used or not; empty if there can be none."""
    import site

    try:
        return site.getusersitepackages() or ""
    except (AttributeError, KeyError, TypeError):
        return ""


def managed():
    # type: () -> str
    """The text of EXTERNALLY-MANAGED; an environment made from such a Python is free of it."""
    import io
    import os

    if base_prefix() != sys.prefix:
        return ""
    try:
        path = os.path.join(directory("stdlib"), "EXTERNALLY-MANAGED")
        with io.open(path, encoding="utf-8", errors="replace") as file:  # noqa: UP020  2.7's open
            return file.read(4096)
    except (IOError, OSError):  # noqa: UP024  two errors in 2.7
        return ""


def text(fact):
    # type: (object) -> object
    """The same with bytes as text: paths of Python 2.7 need not be of any encoding."""
    if isinstance(fact, bytes):
        return fact.decode(sys.getfilesystemencoding() or "utf-8", "replace")
    if isinstance(fact, dict):
        return {text(key): text(value) for key, value in fact.items()}
    return [text(each) for each in fact] if isinstance(fact, list) else fact


if SCRIPT:
    sys.path[:] = elsewhere(sys.path)
    import json

    sys.stdout.write("\n" + BEGIN + json.dumps(text(describe())) + END + "\n")
    sys.stdout.flush()
