"""`dataclass` as the standard library has it, but a method of a class is made when it is first used.

The standard library writes the methods of each class as text and compiles them, at every start, and loads the module
that reads Python for it. That was half of what `dsl check` needs to be loaded, and a file makes values of few classes,
few of most of those, and compares fewer. Here a class has its slots and match arguments at once; a method is made when
it is first called, one that makes values when it has made some, and what the standard library's own functions ask of a
class (`__dataclass_fields__`) when they do. To a type checker these are the standard library's decorator and functions.
Of its ways only those are here that the language uses.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - so that they may be taken from here
    from dataclasses import field as field  # noqa: PLC0414
    from dataclasses import replace as replace  # noqa: PLC0414
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, kw_only=False, eq=True):
        """`order`, `unsafe_hash`, `ClassVar` and the like are the standard library's only."""

        def made(cls: type) -> type:
            return _made(cls, frozen=frozen, slots=slots, kw_only=kw_only, eq=eq)

        return made if cls is None else made(cls)

    def field(**told):
        """What is said of a field besides its type, in the words of the standard library."""
        return _Told(told)

    def replace(value, /, **changes):
        """The same value, but for `changes`."""
        for each in _parts(type(value)):
            if not each.init and each.name in changes:
                raise ValueError(f"field {each.name} is given no value, so it cannot be replaced")
            if each.init and each.name not in changes:
                changes[each.name] = getattr(value, each.name)
        return type(value)(**changes)


_FIELDS = "__dataclass_fields__"
_PARAMETERS = "__dataclass_params__"
_MATCHED = "__match_args__"
_MISSING: Any = type("MISSING", (), {})()
FEW = 30
"""So many values of a class are made without a method for it: to compile one takes as long as that."""


class _Told:
    def __init__(self, told: dict[str, Any]) -> None:
        self.told = told


class _Part(NamedTuple):
    """A field."""

    name: str
    type: Any
    default: Any = _MISSING
    default_factory: Any = _MISSING
    init: bool = True
    repr: bool = True
    hash: bool | None = None
    compare: bool = True
    kw_only: bool = False


class _Fields:
    """Those of a class, as its text says them: most classes are made, and never asked for them."""

    __slots__ = ("_parts", "_said", "cls", "kw_only", "own")

    def __init__(self, cls: type, own: dict[str, Any], kw_only: bool) -> None:
        self.cls, self.own, self.kw_only = cls, own, kw_only
        self._parts: tuple[_Part, ...] | None = None
        self._said: dict[str, Any] = {}

    @property
    def parts(self) -> tuple[_Part, ...]:
        if self._parts is None:
            bases = [vars(base)[_FIELDS].fields for base in reversed(self.cls.__mro__[1:]) if _FIELDS in vars(base)]
            inherited = {each.name: each for base in bases for each in base.parts}
            self._parts = tuple((inherited | {each.name: each for each in self._own()}).values())
        return self._parts

    def _own(self) -> Iterator[_Part]:
        for name, type_ in self.cls.__annotations__.items():
            value = self.own.get(name, _MISSING)
            if type(value) is _Told:
                yield _Part(name, type_, **{"kw_only": self.kw_only, **value.told})
            else:
                yield _Part(name, type_, value, kw_only=self.kw_only)

    def said(self, name: str) -> Any:
        """What the language or the standard library asks a class for, under `name`."""
        if name not in self._said:
            if name == _MATCHED:
                self._said[name] = tuple(each.name for each in self.parts if each.init and not each.kw_only)
            else:
                self._said[name] = getattr(_beside(self.cls.__name__, self.parts, {}), name)
        return self._said[name]


class _Asked:
    """An attribute of a class, worked out when it is asked for."""

    __slots__ = ("fields", "name")

    def __init__(self, name: str, fields: _Fields) -> None:
        self.name, self.fields = name, fields

    def __get__(self, _: object, owner: type) -> Any:
        return self.fields.said(self.name)


def field_names(of: object) -> tuple[str, ...]:
    """The names of the fields of a class, or of that of a value, in their order."""
    return _field_names(of if isinstance(of, type) else type(of))


@cache
def _field_names(cls: type) -> tuple[str, ...]:
    return tuple(each.name for each in _parts(cls))


def _parts(cls: type) -> tuple[_Part, ...]:
    for each in cls.__mro__:
        if _FIELDS in vars(each):
            found: _Fields = vars(each)[_FIELDS].fields
            return found.parts
    raise TypeError(f"{cls.__name__} has no fields")


def _made(cls: type, *, frozen: bool, slots: bool, kw_only: bool, eq: bool) -> type:
    """All that it has is put into a class with slots before that is made: to assign a method afterwards has the class
    look for what follows from it, method by method."""
    written = vars(cls)
    own = {name: written[name] for name in cls.__annotations__ if name in written}
    for name, value in own.items():
        if type(value).__module__ == "dataclasses":
            raise TypeError(f"{cls.__name__}.{name}: take `field` from dsl.dataclass")
    fields = _Fields(cls, own, kw_only)
    said: dict[str, object] = {name: _Asked(name, fields) for name in (_FIELDS, _PARAMETERS, _MATCHED)}
    said["__init__"] = _first_values(frozen)
    said["__repr__"] = _first("__repr__")
    if eq:
        said["__eq__"] = _first("__eq__")
        said["__hash__"] = _first("__hash__") if frozen else None
    said["__doc__"] = f"{cls.__name__}(…)"
    shared = (_FROZEN if frozen else {}) | (_CARRIED if frozen and slots else {})
    said |= {name: method for name, method in shared.items() if getattr(cls, name, None) is not method}
    said = {name: value for name, value in said.items() if written.get(name) is None}
    if slots:
        return _with_slots(cls, said)
    _with_defaults(cls, own)
    for name, value in said.items():
        setattr(cls, name, value)
    return cls


def _with_slots(cls: type, more: dict[str, object]) -> type:
    """Another class: slots cannot be given to one that there is already."""
    taken = {slot for base in cls.__mro__[1:-1] for slot in vars(base).get("__slots__", ())}
    own = cls.__annotations__
    left_out = {*own, "__dict__", "__weakref__"}
    content: dict[str, Any] = {name: value for name, value in vars(cls).items() if name not in left_out} | more
    content["__slots__"] = tuple(name for name in own if name not in taken)
    content["__qualname__"] = cls.__qualname__
    return type(cls)(cls.__name__, cls.__bases__, content)


def _with_defaults(cls: type, own: dict[str, Any]) -> None:
    """The value of a field that is only told of is its default, if it has one."""
    for name, value in own.items():
        if type(value) is not _Told:
            continue
        if "default" in value.told:
            setattr(cls, name, value.told["default"])
        else:
            delattr(cls, name)


def _first(name: str) -> Callable[..., Any]:
    """In the place of a method until that is made."""
    method: Callable[..., Any] | None = None

    def first(self: object, *arguments: object) -> Any:
        nonlocal method
        cls = _where(first, name, self)
        if cls is not None:
            method = _method(cls, name)
            setattr(cls, name, method)
        assert method is not None
        return method(self, *arguments)

    return first


def _first_values(frozen: bool) -> Callable[..., None]:
    put: Callable[[object, str, object], None] = object.__setattr__ if frozen else setattr
    left = FEW
    method: Callable[..., Any] | None = None

    def first(self: Any, *arguments: object, **named: object) -> None:
        nonlocal left, method
        cls = _where(first, "__init__", self)
        left -= 1
        if cls is None:
            assert method is not None
            method(self, *arguments, **named)
        elif left < 0 or not _filled(self, _parts(cls), put, arguments, named):
            method = _method(cls, "__init__", frozen)  # where the arguments do not fit, it says how
            setattr(cls, "__init__", method)  # noqa: B010
            method(self, *arguments, **named)
        elif hasattr(cls, "__post_init__"):
            self.__post_init__()

    return first


def _where(first: Callable[..., Any], name: str, value: object) -> type | None:
    """The class that still has `first`; none where another thread has made the method since this one looked it up."""
    return next((each for each in type(value).__mro__ if vars(each).get(name) is first), None)


def _filled(
    value: object, parts: tuple[_Part, ...], put: Callable[..., None], arguments: tuple[object, ...], named: Any
) -> bool:
    """Whether the arguments fit, and all fields have been given their values."""
    places = [each.name for each in parts if each.init and not each.kw_only]
    given = dict(zip(places, arguments, strict=False)) | named
    if len(given) < len(arguments) + len(named):
        return False
    for each in parts:
        if not each.init:
            continue  # `__post_init__` gives it one
        if each.name in given:
            put(value, each.name, given.pop(each.name))
        elif each.default_factory is not _MISSING:
            put(value, each.name, each.default_factory())
        elif each.default is not _MISSING:
            put(value, each.name, each.default)
        else:
            return False
    return not given


def _method(cls: type, name: str, frozen: bool = False) -> Callable[..., Any]:
    """As text, compiled: nothing else is as fast when it runs."""
    if name == "__repr__":
        shown: Callable[..., Any] = vars(_beside(cls.__name__, _parts(cls), {"repr": True}))[name]
        return shown
    space: dict[str, Any] = {"_put": object.__setattr__}
    if name == "__init__":
        text = _init(cls, frozen, space)
    elif name == "__eq__":
        mine, other = (_values(whose, [each for each in _parts(cls) if each.compare]) for whose in ("self", "other"))
        same = "other.__class__ is self.__class__"
        text = f"def __eq__(self, other):\n return {mine} == {other} if {same} else NotImplemented"
    else:
        counted = [each for each in _parts(cls) if (each.compare if each.hash is None else each.hash)]
        text = f"def __hash__(self):\n return hash({_values('self', counted)})"
    exec(text, space)
    made: Callable[..., Any] = space[name]
    made.__qualname__ = f"{cls.__qualname__}.{name}"
    return made


def _values(whose: str, parts: list[_Part]) -> str:
    return f"({''.join(f'{whose}.{each.name},' for each in parts)})"


def _init(cls: type, frozen: bool, space: dict[str, Any]) -> str:
    heads: dict[bool, list[str]] = {False: ["self"], True: []}
    lines = []
    for each in _parts(cls):
        value = each.name
        if not each.init:
            continue  # `__post_init__` gives it one
        if each.default_factory is not _MISSING:
            space |= {f"_make_{value}": each.default_factory, "_MISSING": _MISSING}
            heads[each.kw_only].append(f"{value}=_MISSING")
            value = f"_make_{value}() if {value} is _MISSING else {value}"
        elif each.default is not _MISSING:
            space[f"_default_{value}"] = each.default
            heads[each.kw_only].append(f"{value}=_default_{value}")
        else:
            heads[each.kw_only].append(value)
        if frozen and any(each.name in vars(base).get("__slots__", ()) for base in cls.__mro__):
            space[f"_put_{each.name}"] = getattr(cls, each.name).__set__  # a third less than by its name
            lines.append(f"_put_{each.name}(self, {value})")
        else:
            lines.append(f"_put(self, {each.name!r}, {value})" if frozen else f"self.{each.name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    taken = ", ".join([*heads[False], *(["*", *heads[True]] if heads[True] else [])])
    return f"def __init__({taken}):\n " + "\n ".join(lines or ["pass"])


def _beside(name: str, parts: tuple[_Part, ...], ways: dict[str, Any]) -> type:
    """A class of the standard library's with the same fields."""
    import dataclasses

    def as_theirs(each: _Part) -> Any:
        told = each._asdict()
        given = ("default", "default_factory")
        values = {key: value for key, value in told.items() if key not in ("name", "type", *given)}
        return dataclasses.field(**values, **{key: told[key] for key in given if told[key] is not _MISSING})

    content = [(each.name, each.type, as_theirs(each)) for each in parts]
    ways = {"init": False, "repr": False, "eq": False, **ways}
    return dataclasses.make_dataclass(name, content, namespace={"__doc__": "-"}, **ways)


def _refuse_change(self: object, name: str, value: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_removal(self: object, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, name) for name in field_names(self)]


def _restore(self: Any, state: list[object]) -> None:
    for name, value in zip(field_names(self), state, strict=True):
        object.__setattr__(self, name, value)


_FROZEN: dict[str, Callable[..., Any]] = {"__setattr__": _refuse_change, "__delattr__": _refuse_removal}
_CARRIED: dict[str, Callable[..., Any]] = {"__getstate__": _state, "__setstate__": _restore}
"""To be copied and pickled, though nothing can be assigned."""
