"""GATHER: whether a version fits what a requirement asks for, by the rules of PEP 440.

The package `packaging` knows all of it, but takes longer to load than the whole report may take.
What is written in the usual way is compared here, and tests compare that with `packaging`; the
rest is left to it.
"""

from __future__ import annotations

from functools import lru_cache

from ipymod.patterns import pattern

_VERSION = pattern(
    r"(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|rc)[-_.]?(\d+))?"
    r"(?:\.post(\d+))?(?:\.dev(\d+))?(\+[a-z0-9.]+)?"
)
_CLAUSE = pattern(r"\s*(~=|==|!=|<=|>=|<|>)\s*([^\s,]+?)(\.\*)?\s*")
_NUMBERS = pattern(r"(?:\d+!)?(\d+(?:\.\d+)*)")
_LAST = float("inf")

Key = tuple[int, tuple[int, ...], tuple[float, str, int], float, float]


@lru_cache(maxsize=4096)
def key(version: str) -> Key | None:
    """What versions are ordered by, the local part left out; None if it is written unusually."""
    match = _VERSION.fullmatch(version)
    if not match:
        return None
    epoch, numbers, letter, number, post, dev, _ = match.groups()
    release = tuple(map(int, numbers.split(".")))
    final = -1.0 if dev and not post else 1.0  # `2.dev1` comes before `2a1`
    pre = (0.0, letter, int(number)) if letter else (final, "", 0)
    return (
        int(epoch or 0),
        _stripped(release),
        pre,
        int(post) if post else -1,
        int(dev) if dev else _LAST,
    )


@lru_cache(maxsize=4096)
def fits(version: str, specifier: str) -> bool | None:
    """Whether a version is one of `>=2,<3`; pre-releases count as any other, as pip checks.

    Returns:
        None if that cannot be told without `packaging`.
    """
    answers = [_holds(version, clause) for clause in specifier.split(",") if clause.strip()]
    return None if None in answers else all(answers)


def _holds(version: str, clause: str) -> bool | None:
    match = _CLAUSE.fullmatch(clause)
    have, want = key(version), match and key(match[2])
    if not match or not have or not want or "+" in match[2]:
        return None
    operator = match[1]
    if match[3] or operator == "~=":
        return _by_prefix(operator, have, match[2], star=bool(match[3]))
    if operator in {"==", "!="}:
        return (have == want) is (operator == "==")
    if operator in {"<=", ">="}:
        return have <= want if operator == "<=" else have >= want
    if have[:2] == want[:2] and (_early(want) or (want[3] >= 0 and _early(have))):
        return None  # releases of `packaging` differ: `>2.dev1` of `2.post1`, `<2.post0` of `2a1`
    return _before(have, want) if operator == "<" else _after(version, have, want)


def _by_prefix(operator: str, have: Key, wanted: str, *, star: bool) -> bool | None:
    """`==2.1.*`, `!=2.1.*`, and `~=2.1.3`, which means `>=2.1.3,==2.1.*`."""
    match, want = _NUMBERS.match(wanted), key(wanted)
    if not match or not want or (star and match[0] != wanted):
        return None
    release = tuple(map(int, match[1].split(".")))
    if (operator not in {"==", "!="}) if star else len(release) == 1:
        return None  # `>=2.*` and `~=2` are no specifiers
    kept = release if star else release[:-1]
    padded = have[1] + (0,) * (len(kept) - len(have[1]))
    same = have[0] == want[0] and padded[: len(kept)] == kept
    return same is (operator == "==") if star else same and have >= want


def _before(have: Key, want: Key) -> bool:
    """`<2` leaves out `2rc1` too."""
    return have < want and not (_early(have) and have[:2] == want[:2])


def _after(version: str, have: Key, want: Key) -> bool:
    """`>2` leaves out `2.post1` and `2+local` too, unless a post-release was asked for."""
    if have[:2] == want[:2] and ((have[3] >= 0 and want[3] < 0) or "+" in version):
        return False
    return have > want


def _early(version: Key) -> bool:
    return version[2][0] < 1 or version[4] != _LAST


def _stripped(release: tuple[int, ...]) -> tuple[int, ...]:
    while len(release) > 1 and release[-1] == 0:
        release = release[:-1]
    return release
