"""`dataclass` as the standard library has it, but a method of a class is made when it is first used.

The standard library writes the methods of each class as text and compiles them, at every start. That was half of what
`dsl check` needs to be loaded, and a file makes values of few classes and compares fewer. Here a class has its fields,
slots and match arguments at once; a method is made when it is first called. To a type checker this is the standard
library's decorator. Of its ways only those are here that the language uses.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - so that it may be taken from here
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, kw_only=False, eq=True):
        """`order`, `unsafe_hash` and the like are the standard library's only."""

        def made(cls: type) -> type:
            return _made(cls, frozen=frozen, slots=slots, kw_only=kw_only, eq=eq)

        return made if cls is None else made(cls)


_OTHERS: dict[str, dict[str, bool]] = {
    "__repr__": {"repr": True, "eq": False},
    "__eq__": {"repr": False, "eq": True},
    "__hash__": {"repr": False, "eq": True, "frozen": True},
}


def _made(cls: type, *, frozen: bool, slots: bool, kw_only: bool, eq: bool) -> type:
    written = dict(vars(cls))
    if cls.__doc__ is None:
        cls.__doc__ = f"{cls.__name__}(…)"  # else the standard library works out the signature, which takes longest
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(cls)
    wanted = ["__init__", "__repr__", *(["__eq__"] if eq else []), *(["__hash__"] if eq and frozen else [])]
    for name in wanted:
        if written.get(name) is None:
            setattr(made, name, _first(made, name, frozen))
    if eq and not frozen and "__hash__" not in written:
        setattr(made, "__hash__", None)  # noqa: B010
    for name, method in {**(_FROZEN if frozen else {}), **(_CARRIED if frozen and slots else {})}.items():
        if name not in written:
            setattr(made, name, method)
    return made


def _first(cls: type, name: str, frozen: bool) -> Callable[..., Any]:
    def first(self: object, *arguments: object, **named: object) -> Any:
        method = _method(cls, name, frozen)
        setattr(cls, name, method)
        return method(self, *arguments, **named)

    return first


def _method(cls: type, name: str, frozen: bool) -> Callable[..., Any]:
    return _init(cls, frozen) if name == "__init__" else _other(cls, name)


def _init(cls: Any, frozen: bool) -> Callable[..., Any]:
    """As text, compiled: nothing else is as fast when it runs. The one method that nearly every class needs, so it is
    made here, where nothing else is made with it.
    """
    space: dict[str, Any] = {"_put": object.__setattr__}
    heads: dict[bool, list[str]] = {False: ["self"], True: []}
    lines = []
    for each in dataclasses.fields(cls):
        value = each.name
        if not each.init:
            continue  # `__post_init__` gives it one
        if each.default_factory is not dataclasses.MISSING:
            space[f"_make_{value}"] = each.default_factory
            space["_MISSING"] = dataclasses.MISSING
            heads[bool(each.kw_only)].append(f"{value}=_MISSING")
            value = f"_make_{value}() if {value} is _MISSING else {value}"
        elif each.default is not dataclasses.MISSING:
            space[f"_default_{value}"] = each.default
            heads[bool(each.kw_only)].append(f"{value}=_default_{value}")
        else:
            heads[bool(each.kw_only)].append(value)
        lines.append(f"_put(self, {each.name!r}, {value})" if frozen else f"self.{each.name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    taken = ", ".join([*heads[False], *(["*", *heads[True]] if heads[True] else [])])
    exec(f"def __init__({taken}):\n " + "\n ".join(lines or ["pass"]), space)
    made: Callable[..., Any] = space["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _other(cls: Any, name: str) -> Callable[..., Any]:
    """Of a class beside `cls`, with the same fields. Such a method asks nothing of the class that it is called on."""
    parts = [(each.name, object, _copy(each)) for each in dataclasses.fields(cls)]
    ways: dict[str, Any] = _OTHERS[name]
    beside = dataclasses.make_dataclass(cls.__name__, parts, namespace={"__doc__": "-"}, init=False, **ways)
    method: Callable[..., Any] = vars(beside)[name]
    return method


def _copy(of: "dataclasses.Field[Any]") -> Any:
    """Without its default, which these methods do not ask for."""
    return dataclasses.field(repr=of.repr, hash=of.hash, compare=of.compare, kw_only=of.kw_only)


def _refuse_change(self: object, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_removal(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _restore(self: Any, state: list[object]) -> None:
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


_FROZEN: dict[str, Callable[..., Any]] = {"__setattr__": _refuse_change, "__delattr__": _refuse_removal}
_CARRIED: dict[str, Callable[..., Any]] = {"__getstate__": _state, "__setstate__": _restore}
"""To be copied and pickled, though nothing can be assigned."""
