"""Frozen classes of plain fields, as `@dataclass(frozen=True, slots=True)` makes them, for what every command imports.

A command that prints a line should not wait for `dataclasses`: it brings `inspect` with it, which takes as long as
starting Python does, and half a millisecond for each class. These take a tenth of that.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping
from functools import cached_property
from operator import attrgetter

from importai_tui.typed import TYPE_CHECKING, dataclass_transform

if TYPE_CHECKING:
    from typing import Any, NoReturn, TypeVar

    T = TypeVar("T")

_WRITTEN_AFTER = 8
"""Values of a class: to make so many slowly takes a quarter of the time that its constructor takes to be written."""


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """The class with what a frozen dataclass has: its fields in order, equality, a hash, a text, no way to change one.

    Fields are those that the class itself annotates; a default is shared, so it must be one that nobody changes. There
    are no slots where a property is cached, for it lies beside the fields. `dataclasses.replace` and `fields` work.
    """
    names = tuple(cls.__annotations__)
    told = dict(vars(cls))
    defaults = {name: told.pop(name) for name in names if name in told}
    keeps = any(isinstance(member, cached_property) for member in told.values())
    for of_the_first in ("__dict__", "__weakref__"):
        told.pop(of_the_first, None)
    told |= {
        "__slots__": (*names, "__dict__") if keeps else names,
        "__match_args__": names,
        "__qualname__": cls.__qualname__,
        "__dataclass_fields__": _Fields(names),
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__reduce__": _reduced,
        "__repr__": told.get("__repr__", _written),
        "__eq__": _equal,
        "__hash__": _hashed,
    }
    made: Any = type(cls.__name__, cls.__bases__, told)
    made._all_fields = attrgetter(*names or ("__class__",))
    made.__init__ = _constructor(made, names, defaults)
    return made  # type: ignore[no-any-return]


@dataclass_transform(frozen_default=True)
def row(cls: type[T]) -> type[T]:
    """The same as a tuple, for what an archive has a million of: it is made in a fraction of the time.

    It is equal to any tuple of the same fields.
    """
    names = tuple(cls.__annotations__)
    told = dict(vars(cls))
    defaults = [told.pop(name) for name in names if name in told]
    for of_the_first in ("__dict__", "__weakref__"):
        told.pop(of_the_first, None)
    made = namedtuple(cls.__name__, names, defaults=defaults, module=cls.__module__)  # type: ignore[misc]
    told |= {"__slots__": (), "__qualname__": cls.__qualname__, "__dataclass_fields__": _Fields(names)}
    return type(cls.__name__, (made,), told)


class _Fields:
    """What `dataclasses` asks of a class of its own, made when it asks."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def __get__(self, instance: object, owner: type) -> object:
        from dataclasses import field, make_dataclass

        made: Any = make_dataclass(owner.__name__, [(name, object, field(default=None)) for name in self._names])
        # In its own place from now on: `replace` asks for it every time.
        asked: Any = owner
        asked.__dataclass_fields__ = made.__dataclass_fields__
        return made.__dataclass_fields__


def _constructor(cls: Any, names: tuple[str, ...], defaults: Mapping[str, object]) -> object:
    """What makes the first few, and has the constructor written out for all others.

    One that goes through its arguments takes three times as long at every call, and to write it takes most of the
    time that a class takes; of most classes that a command makes values of it makes one or two.
    """
    setters = [(name, getattr(cls, name).__set__) for name in names]
    wanted = set(names)
    made = 0

    def __init__(self: Any, *args: Any, **named: Any) -> None:
        nonlocal made
        made += 1
        told = dict(zip(names, args, strict=False))
        all_told = {**defaults, **told, **named}
        # What is told twice, not at all or too much is told of by Python, as of any constructor that is written out.
        as_it_should_be = len(args) <= len(names) and told.keys().isdisjoint(named) and all_told.keys() == wanted
        if made <= _WRITTEN_AFTER and as_it_should_be:
            for name, set_field in setters:
                set_field(self, all_told[name])
            return
        given = [f"{name}=_default_{name}" if name in defaults else name for name in names]
        lines = [f"_set_{name}(self, {name})" for name in names] or ["pass"]
        known: dict[str, Any] = {f"_set_{name}": set_field for name, set_field in setters}
        known |= {f"_default_{name}": default for name, default in defaults.items()}
        exec(f"def __init__(self, {', '.join(given)}):\n " + "\n ".join(lines), known)
        written = known["__init__"]
        written.__qualname__ = f"{cls.__qualname__}.__init__"
        written.__module__ = cls.__module__
        cls.__init__ = written
        written(self, *args, **named)

    return __init__


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise AttributeError(f"cannot change {name!r} of a {type(self).__name__}: it is frozen")


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._all_fields(self) == self._all_fields(other)


def _hashed(self: Any) -> int:
    return hash(self._all_fields(self))


def _written(self: Any) -> str:
    told = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({told})"


def _reduced(self: Any) -> tuple[type, tuple[object, ...]]:
    return type(self), tuple(getattr(self, name) for name in self.__match_args__)
