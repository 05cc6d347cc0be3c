"""JUDGE: `postBuild` and `start`: whether they can run, and whether Jupyter comes after them.

Whether they are executable does not matter: repo2docker makes them so.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from ipymod.binder.checks.base import ERROR, FAMILY, INFO, REGISTRY, WARNING, changed, found
from ipymod.binder.facts import MARK
from ipymod.binder.plan import shebang
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.binder.facts import File, Repository
    from ipymod.binder.plan import Plan
    from ipymod.registry import Finding

_HANDS_ON = pattern(r"(?:^|[;&|]|\s)exec\s[^\n#]*\$(?:@|\*|\{[@*]\})|\$(?:@|\{@\})")
_EXEC = pattern(r"(?:^|[\s;&|])exec\s[^\n#]*\$(?:@|\*|\{[@*]\})")
_COMMENT = pattern(r"(?m)(?:^|\s)#.*$")
_NOT_THERE = pattern(
    r"(?:/usr/bin/env\s+(?:-S\s+)?)?(?:\S*/)?(python2(?:\.\d+)?|zsh|fish|t?csh|ksh|cmd|pwsh)\b"
)
_OF_SOMEBODY = pattern(r"/(?:Users|home|opt|usr/local|anaconda\w*|miniconda\w*)/\S*")
_SHELLS = frozenset({"sh", "bash", "dash"})


@REGISTRY.check(
    "NB631", FAMILY, ERROR, example=changed({"binder/start": 'export COURSE=1\nexec "$@"\n'})
)
def script_without_interpreter(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """A script does not begin with `#!` and its interpreter.

    `start` then cannot be started at all (`Exec format error`), and no server comes up.
    `postBuild` is started by a plain `sh`, which knows less than `bash`.
    """
    for file in _scripts(repository, plan):
        if file.text.removeprefix(MARK).startswith("#!") or not file.text.strip():
            continue
        is_start = posixpath.basename(file.path) == "start"
        told = "cannot be started on Binder" if is_start else "is run by sh, not by bash, on Binder"
        finding = found(
            file.path, 1, f"{file.path} {told}: no #! begins it", "first line: #!/bin/bash"
        )
        yield finding if is_start else _as_note(finding)


def _as_note(finding: Finding) -> Finding:
    from dataclasses import replace

    return replace(finding, severity=INFO)


@REGISTRY.check(
    "NB632",
    FAMILY,
    ERROR,
    example=changed({"binder/postBuild": "#!/bin/bash\r\njupyter kernelspec list\r\n"}),
)
def windows_lines_in_a_script(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """The lines of a script end as Windows ends them.

    Linux looks for an interpreter whose name ends on a carriage return, and says that the script
    was not found; a shell that gets so far hands the character to every command. Git changes line
    ends on the way if `.gitattributes` says so.
    """
    for file in _scripts(repository, plan):
        before, newline, _ = file.text.partition("\r\n")
        if newline:
            line = before.count("\n") + 1
            fix = f"echo '{file.path} text eol=lf' >> .gitattributes && git add --renormalize ."
            yield found(file.path, line, f"the lines of {file.path} end on CR LF, not on LF", fix)


@REGISTRY.check(
    "NB633", FAMILY, ERROR, example=changed({"binder/postBuild": f"{MARK}#!/bin/bash\ntrue\n"})
)
def byte_order_mark(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """A script begins with an invisible byte order mark.

    Some editors of Windows write one. Linux then does not see the `#!` behind it: `start` fails,
    `postBuild` is run by a plain `sh`, to which the first line is an unknown command.
    """
    for file in _scripts(repository, plan):
        if file.is_marked:
            message = f"{file.path} begins with a byte order mark, so its first line is not seen"
            yield found(file.path, 1, message, f"sed -i '1s/^\\xef\\xbb\\xbf//' {file.path}")


@REGISTRY.check(
    "NB634", FAMILY, ERROR, example=changed({"binder/postBuild": "#!/usr/bin/env python2\nx = 1\n"})
)
def interpreter_not_there(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """The interpreter of a script is not in the image.

    The image has `sh`, `bash`, `python3` and what the repository installs; it has neither Python 2
    nor zsh, nor anything at a path of somebody's own machine.
    """
    for file in _scripts(repository, plan):
        named = shebang(file)
        apt = repository.configured("apt.txt")
        missing = _NOT_THERE.match(named)
        is_installed = missing and apt and missing[1] in apt.plain.split()
        if (missing and not is_installed) or _OF_SOMEBODY.match(named):
            message = f"{file.path} begins with #!{named}, which is not in the image"
            fix = "#!/usr/bin/env python3" if "python" in named else "#!/bin/bash"
            yield found(file.path, 1, message, f"first line: {fix}")


@REGISTRY.check(
    "NB635", FAMILY, ERROR, example=changed({"binder/start": "#!/bin/bash\nexport COURSE=1\n"})
)
def start_that_ends_there(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """`start` does not go on with the command that it was given.

    Binder starts `start` with the command of the Jupyter server as arguments. Without
    `exec "$@"` at its end there is no server; without `exec` the server does not hear when Binder
    tells it to end.
    """
    for file in _scripts(repository, plan):
        is_shell = posixpath.basename(shebang(file).split(" ")[-1] or "sh") in _SHELLS
        if posixpath.basename(file.path) != "start" or not is_shell:
            continue
        code = _COMMENT.sub("", file.plain.partition("\n")[2] if shebang(file) else file.plain)
        if not _EXEC.search(code):
            yield _ending(file, is_given=bool(_HANDS_ON.search(code)))


def _ending(file: File, *, is_given: bool) -> Finding:
    from dataclasses import replace

    fault = "keeps the server as a child" if is_given else "ends without starting the server"
    last = file.plain.rstrip("\n").count("\n") + 1
    finding = found(file.path, last, f"{file.path} {fault}", 'last line: exec "$@"')
    return replace(finding, severity=WARNING) if is_given else finding


def _scripts(repository: Repository, plan: Plan) -> Iterator[File]:
    """Those that would run."""
    for path in plan.read:
        if re.search(r"(?:^|/)(?:postBuild|start)$", path):
            yield repository.by_path[path]
