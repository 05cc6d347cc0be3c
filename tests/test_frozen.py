"""A frozen dataclass of ours is a dataclass like any other, only cheaper to make."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from ipymod.frozen import dataclass, field


@dataclasses.dataclass(frozen=True)
class Standard:
    name: str
    count: int = 3
    words: dict[str, str] = dataclasses.field(default_factory=dict)
    hidden: str = dataclasses.field(default="", repr=False)


@dataclass(frozen=True)
class Ours:
    name: str
    count: int = 3
    words: dict[str, str] = field(default_factory=dict)
    hidden: str = field(default="", repr=False)


@dataclass(frozen=True)
class Hashable:
    name: str


KINDS: list[Any] = [Standard, Ours]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (("a",), {}),
        (("a", 4), {}),
        (("a", 4, {"b": "c"}, "d"), {}),
        (("a",), {"hidden": "e"}),
        ((), {"name": "a", "words": {}}),
    ],
)
def test_values_are_taken_as_the_standard_takes_them(
    values: tuple[Any, ...], named: dict[str, Any]
) -> None:
    standard, ours = (kind(*values, **named) for kind in KINDS)
    assert dataclasses.asdict(standard) == dataclasses.asdict(ours)
    assert repr(standard) == repr(ours).replace("Ours", "Standard")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        (("a", 4, {}, "d", "too many"), {}),
        (("a",), {"name": "twice"}),
        (("a",), {"unknown": 1}),
        ((), {"count": 1, "unknown": 1}),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_standard_refuses_is_refused(
    kind: Any, values: tuple[Any, ...], named: dict[str, Any]
) -> None:
    with pytest.raises(TypeError):
        kind(*values, **named)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_changes_afterwards(kind: Any) -> None:
    made = kind("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del made.name
    assert made == kind("a")
    assert made != kind("b")
    assert kind("a").words is not kind("a").words


def test_values_of_two_kinds_are_never_equal() -> None:
    ours: object = Ours("a")
    assert ours != Standard("a")


def test_it_is_replaced_copied_pickled_and_hashed_by_its_values() -> None:
    made = Ours("a", words={"b": "c"})
    assert dataclasses.replace(made, count=5) == Ours("a", 5, {"b": "c"})
    assert copy.deepcopy(made) == made
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  made one line above
    assert hash(Hashable("a")) == hash(Hashable("a"))
    with pytest.raises(TypeError):
        hash(made)


def test_a_field_of_the_standard_is_refused_since_its_words_would_be_lost() -> None:
    class Mixed:
        words: dict[str, str] = dataclasses.field(default_factory=dict)

    with pytest.raises(TypeError, match=r"words of Mixed takes `field` from ipymod\.frozen"):
        dataclass(frozen=True)(Mixed)
