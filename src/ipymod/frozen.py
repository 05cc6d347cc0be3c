"""DATA: frozen dataclasses that cost next to nothing to make.

The standard decorator writes the source of six methods for each class and compiles it, which
takes a millisecond a class, and a first report stands on a hundred classes. Here a class gets the
same methods as closures, and becomes a dataclass of the standard library when somebody first asks
for that: `fields`, `replace`, `is_dataclass`. Type checkers see a dataclass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import Field, dataclass, field
else:

    def field(*, default: Any = None, default_factory: Any = None, repr: bool = True) -> Any:  # noqa: A002  as the standard has it
        """Say more of a field than its default; one of the first two is given."""
        return _Told(default, default_factory, repr)

    def dataclass(*, frozen: bool) -> Callable[[type], type]:
        """Make a class of values that never change."""
        del frozen  # said for readers and type checkers

        def make(kind: type) -> type:
            fields = _fields(kind)
            for name, method in _methods(fields).items():
                setattr(kind, name, method)
            kind.__setattr__ = kind.__delattr__ = _refuse
            kind.__match_args__ = tuple(fields)
            kind.__dataclass_fields__ = _Standard()
            return kind

        return make


__all__ = ["dataclass", "field"]

_NOTHING = object()


class _Told:
    """What `field` was told; the standard's own, which this becomes, loads `inspect`."""

    def __init__(self, default: Any, default_factory: Any, shown: Any) -> None:
        self.default, self.default_factory, self.repr = default, default_factory, shown

    def standard(self) -> Any:
        import dataclasses

        if self.default_factory is None:
            return dataclasses.field(default=self.default, repr=self.repr)
        return dataclasses.field(default_factory=self.default_factory, repr=self.repr)


class _Standard:
    """Stands where the standard library looks for fields, and makes them when it looks."""

    def __get__(self, _: object, kind: type) -> dict[str, Field[Any]]:
        import dataclasses

        for name, given in list(vars(kind).items()):
            if isinstance(given, _Told):
                setattr(kind, name, given.standard())
        made: Any = dataclasses.dataclass(init=False, repr=False, eq=False)(kind)
        fields: dict[str, Field[Any]] = made.__dataclass_fields__
        return fields


def _fields(kind: type) -> dict[str, Any]:
    """The names of all fields, and what stands behind their `=`."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        for name in getattr(base, "__annotations__", ()):
            found[name] = base.__dict__.get(name, _NOTHING)
            if type(found[name]).__name__ == "Field":
                raise TypeError(f"{name} of {kind.__name__} takes `field` from ipymod.frozen")
    return found


def _methods(fields: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    hidden = {name for name, given in fields.items() if isinstance(given, _Told) and not given.repr}

    def values(self: object) -> tuple[Any, ...]:
        known = self.__dict__  # may hold cached properties, too
        return tuple([known[name] for name in fields])

    def equal(self: object, other: object) -> Any:
        return values(self) == values(other) if type(self) is type(other) else NotImplemented

    def text(self: object) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in fields if name not in hidden)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    return {
        "__init__": _init(fields),
        "__eq__": equal,
        "__hash__": lambda self: hash(values(self)),
        "__repr__": text,
    }


def _init(fields: dict[str, Any]) -> Callable[..., None]:
    """Give `__init__`; it writes to `__dict__`, since nothing may be set afterwards."""
    names, known_names = tuple(fields), fields.keys()
    made: dict[str, Any]
    told = {name: each for name, each in fields.items() if isinstance(each, _Told)}
    made = {name: each.default_factory for name, each in told.items() if each.default_factory}
    plain = {name: told[name].default if name in told else each for name, each in fields.items()}
    plain = {n: value for n, value in plain.items() if value is not _NOTHING and n not in made}
    count = len(names)

    def init(self: object, /, *values: Any, **named: Any) -> None:
        known = self.__dict__
        if not named and len(values) == count:  # as most are made, and in half the time
            known.update(zip(names, values, strict=True))
            return
        known.update(plain)
        known.update(zip(names, values, strict=False))
        known.update(named)
        for name, make in made.items():
            if name not in known:
                known[name] = make()
        is_twice = bool(named) and not named.keys().isdisjoint(names[: len(values)])
        if known.keys() != known_names or len(values) > len(names) or is_twice:
            told = [*map(repr, values), *(f"{name}={value!r}" for name, value in named.items())]
            raise TypeError(f"{type(self).__qualname__} is {names}, not {', '.join(told)}")

    return init


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"{name} of a {type(self).__qualname__} never changes")
