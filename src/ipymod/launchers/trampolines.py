"""GATHER: where a shell script hands over to: the second line of launchers, shims, wrappers.

A path with blanks, or one too long for `#!`, makes installers write two lines that are both shell
and Python: `#!/bin/sh` and `'''exec' "/a b/bin/python" "$0" "$@"`. Other shell scripts are
understood where they do nothing but set variables and start one command with `"$@"`.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.launchers import pyenv
from ipymod.launchers.path import first_on_path
from ipymod.launchers.steps import Broken, Start, Step, Unknown
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.launchers.surroundings import Surroundings

# Lines that change nothing; the second is the opening of scripts that are Python too.
_IDLE = pattern(r"""\s*(?:\#.*|set\s+[-+]\w+|["']{2,4}:["']?\s*(?:\#.*)?)?""")
_EXPORT = pattern(r"(?:export\s+)?(\w+)=(\S*|\"[^\"]*\"|'[^']*')")
_EXEC = pattern(r"""(?:'{3,4}exec'|"exec"|'exec'|exec)\s+(?:--\s+)?(.*)""")
_DASHES = r"(?:\s--)?\s*"
_ZERO = r'"?\$\{?0\}?"?'
_REAL = rf"\$\((?:realpath|readlink\s+-f){_DASHES}{_ZERO}\)"
_SELF = (
    rf'(?:\$\(dirname{_DASHES}(?:"{_REAL}"|{_REAL}|{_ZERO})\)'
    rf"|`dirname{_DASHES}{_ZERO}`|\$\{{0%/\*\}})"
)
_PLACE = rf'(?:\$\(cd\s+(?:"{_SELF}"|{_SELF})\s*&&\s*pwd(?:\s+-P)?\)|{_SELF})'
_HERE = pattern(rf'"{_PLACE}"|{_PLACE}')
_MARK = "\ue000"  # stands for the directory while quotes are taken away; no path has it


def follow(start: Start, script: str, shown: str) -> Step:
    """The next step from the text of a shell script, its `#!` line included."""
    if pyenv.is_shim(script):
        return pyenv.follow(start, script)
    from ipymod.launchers import asdf

    if asdf.is_shim(script):
        return asdf.follow(start, script)
    around = start.around
    for line in script.splitlines()[1 if script.startswith("#!") else 0 :]:
        if _IDLE.fullmatch(line):
            continue
        if export := _EXPORT.fullmatch(line.strip()):
            name, text = export[1], export[2].strip("\"'")
            if "$" in text or "`" in text or name == "PATH":
                break
            around = around.with_variables(**{name: text})
            continue
        return _command(start, line.strip(), around, shown)
    return Unknown(f"{start.path} is a shell script that would have to be run", shown)


def _command(start: Start, line: str, around: Surroundings, shown: str) -> Step:
    """The step from a line that starts one command with the user's words behind it."""
    unknown = Unknown(f"{start.path} is a shell script that would have to be run", shown)
    match = _EXEC.fullmatch(line)
    words = _words(match[1] if match else line, start.path)
    if words is None or len(words) < 2 or words[-1] != "$@":  # noqa: PLR2004  a command and "$@"
        return unknown
    words = [start.path if word in {"$0", "${0}"} else word for word in words[:-1]]
    if words[0].startswith("-") or any(re.search(r"[$`]|^[|&;<>(]", word) for word in words):
        return unknown
    name = words[0]
    found = around.absolute(name) if "/" in name else first_on_path(name, around)
    if found is None:  # without exec, it may be a word of the shell's own
        says = f"{start.path} asks for {name}, which is not on PATH"
        return Broken(says, shown) if match else unknown
    says = f"{shown}, and its shell starts {found}"
    return Start(found, (*words[1:], *start.words), around, says, start.sure)


def _words(line: str, path: str) -> list[str] | None:
    """A shell command as words, its own directory filled in; None where a quote is open."""
    import shlex

    line = re.sub(r"\s+#'''$", "", line)  # conda closes the Python string in a comment
    here = ""
    if match := _HERE.search(line):
        real = re.search(r"realpath|readlink|-P", match[0])
        here = os.path.dirname(os.path.realpath(path) if real else path)
        line = f"{line[: match.start()]}{_MARK}{line[match.end() :]}"
    try:
        words = shlex.split(line)
    except ValueError:
        return None
    return [word.replace(_MARK, here) for word in words]
