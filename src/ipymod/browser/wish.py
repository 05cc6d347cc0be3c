"""JUDGE: what a line of pip asks for, in the words of piplite; what neither knows is said."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.errors import UsageError
from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

VERBS = ("install", "uninstall", "list", "show", "freeze")
FORMS = ("columns", "freeze", "json")


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    Attributes:
        verb: one of `VERBS`.
        names: requirements to install, or names of distributions.
        files: of requirements, to install.
        limits: files of constraints.
        index: the address of another package index; empty for the usual one.
        pre: whether versions before a release will do.
        deps: whether what they need is installed, too.
        reinstall: whether another version may take the place of one that is there.
        verbose: whether piplite says what it does, and goes on after what it cannot find.
        upgrade: whether a newer version was asked for, which piplite never looks for by itself.
        form: how a list is written.
        left_out: the options that mean nothing here.
    """

    verb: str
    names: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    index: str = ""
    pre: bool = False
    deps: bool = True
    reinstall: bool = False
    verbose: bool = False
    upgrade: bool = False
    form: str = "columns"
    left_out: tuple[str, ...] = ()


_FLAGS: dict[str, Callable[[Wish], Wish]] = {
    "--pre": lambda wish: replace(wish, pre=True),
    "--no-deps": lambda wish: replace(wish, deps=False),
    "--force-reinstall": lambda wish: replace(wish, reinstall=True),
    "--upgrade": lambda wish: replace(wish, upgrade=True),
    "--verbose": lambda wish: replace(wish, verbose=True),
}
_VALUED: dict[str, Callable[[Wish, str], Wish]] = {
    "--requirement": lambda wish, text: replace(wish, files=(*wish.files, text)),
    "--constraint": lambda wish, text: replace(wish, limits=(*wish.limits, text)),
    "--index-url": lambda wish, text: replace(wish, index=text),
}
_OTHER_NAMES = {
    "-r": "--requirement",
    "--requirements": "--requirement",
    "-c": "--constraint",
    "--constraints": "--constraint",
    "-i": "--index-url",
    "-v": "--verbose",
    "-q": "--quiet",
    "-U": "--upgrade",
    "-e": "--editable",
    "-t": "--target",
    "-f": "--find-links",
    "-y": "--yes",
}
# They tell pip how to go about it; what comes of it is the same without them.
_NEEDLESS = frozenset(
    {"--user", "--no-cache-dir"}
    | {"--break-system-packages", "--no-warn-script-location", "--prefer-binary", "--no-color"}
    | {"--no-compile", "--no-build-isolation", "--use-pep517", "--no-warn-conflicts"}
)
# Nobody is asked anything here, and little is said: they are obeyed.
_SILENT = frozenset({"--quiet", "--yes", "--no-input", "--disable-pip-version-check"})
_NEEDLESS_VALUED = frozenset(
    {"--progress-bar", "--root-user-action", "--cache-dir", "--timeout", "--retries"}
    | {"--trusted-host", "--upgrade-strategy", "--only-binary"}
)
_INSTEAD = {
    "--editable": "nothing can be built in a browser: import sys; sys.path.insert(0, 'FOLDER')"
    " makes what lies in a folder importable",
    "--target": "there is one place to install into: leave it out",
    "--prefix": "there is one place to install into: leave it out",
    "--root": "there is one place to install into: leave it out",
    "--extra-index-url": "one index is asked: give it with --index-url URL",
    "--find-links": "give the address of the wheel itself: %pymod pip install URL",
    "--no-binary": "nothing can be built in a browser: leave it out",
    "--python": "this kernel's is the only Python here: leave it out",
    "--dry-run": "piplite installs at once: leave it out",
}
_BUILT = pattern(r"(?:git|hg|svn|bzr)\+|.*\.(?:tar\.gz|tar\.bz2|tgz|zip)$|\.{0,2}/|\.{1,2}$")
_CLUSTER = pattern(r"-[A-Za-z]\S+")


def read(words: Sequence[str]) -> Wish:
    """Read what stands behind `pip`.

    Raises:
        UsageError: it is not known here; the text says what to do.
    """
    rest = list(words)
    verb = next((word for word in rest if not word.startswith("-")), "")
    if verb not in VERBS:
        raise UsageError(_no_verb(verb or " ".join(rest)))
    rest.remove(verb)
    wish = Wish(verb)
    words_left = _apart(rest)
    for word in words_left:
        wish = _with(wish, word, words_left)
    return _checked(wish)


def _no_verb(verb: str) -> str:
    what = f"pip {verb}".strip()
    return f"{what} cannot run in a browser, where there is no pip: {', '.join(VERBS)} work here"


def _apart(words: Sequence[str]) -> Iterator[str]:
    """The words, `-qU` taken apart and `--option=value` too."""
    for word in words:
        if _CLUSTER.fullmatch(word) and f"-{word[1]}" in _OTHER_NAMES:
            yield from _letters(word)
        elif word.startswith("--") and "=" in word:
            yield from word.split("=", 1)
        else:
            yield word


def _letters(word: str) -> Iterator[str]:
    """The options of `-qU`; behind `-r` the value may follow at once."""
    for at, letter in enumerate(word[1:], 1):
        yield f"-{letter}"
        if _OTHER_NAMES.get(f"-{letter}") in _VALUED:
            yield from filter(None, [word[at + 1 :]])
            return


def _with(wish: Wish, word: str, rest: Iterator[str]) -> Wish:
    option = _OTHER_NAMES.get(word, word)
    if not word.startswith("-"):
        return replace(wish, names=(*wish.names, word))
    if wish.verb == "list" and option == "--format":
        return replace(wish, form=_value(word, rest))
    if wish.verb == "install" and option in _FLAGS:
        return _FLAGS[option](wish)
    if wish.verb == "install" and option in _VALUED:
        return _VALUED[option](wish, _value(word, rest))
    if option in _NEEDLESS_VALUED:
        _value(word, rest)
    elif option not in _NEEDLESS | _SILENT:
        raise UsageError(_no_option(wish.verb, word, option))
    return wish if option in _SILENT else replace(wish, left_out=(*wish.left_out, word))


def _value(option: str, rest: Iterator[str]) -> str:
    value = next(rest, "")
    if not value:
        raise UsageError(f"{option} wants a value behind it")
    return value


def _no_option(verb: str, word: str, option: str) -> str:
    instead = _INSTEAD.get(option, "leave it out")
    return f"piplite, which is pip in a browser, knows no {word} of pip {verb}; {instead}"


def _checked(wish: Wish) -> Wish:
    if wish.form not in FORMS:
        raise UsageError(f"--format wants {', '.join(FORMS)}, not {wish.form!r}")
    if wish.verb in {"install", "uninstall", "show"} and not (wish.names or wish.files):
        raise UsageError(f"name what to {wish.verb}: %pymod pip {wish.verb} NAME")
    built = next(filter(_BUILT.match, wish.names), "") if wish.verb == "install" else ""
    if built and not built.endswith(".whl"):
        raise UsageError(
            f"{built} would have to be built, which a browser cannot: give the name of a"
            " distribution, or the address of a wheel"
        )
    return wish


def name_of(requirement: str) -> str:
    """The name in a requirement, as the package index compares it; empty for an address."""
    found = re.match(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:$|[\[<>=!~;@ ])", requirement)
    return flat(found[1]) if found and not requirement.endswith(".whl") else ""


def flat(name: str) -> str:
    """A name as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
