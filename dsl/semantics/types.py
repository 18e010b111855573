"""What a value can be, as frozen values.

A record keeps the name it was declared under for messages only: whether it fits is decided by its fields. A type that
contains itself ends in `Recursive`, which finds its target in the table of declared types. `UNKNOWN` stands for what
could not be made out; it fits everywhere, so that one mistake is reported once.
"""

from collections.abc import Iterator, Mapping

from dsl.ast.expressions import Expression
from dsl.ast.types import Field
from dsl.dataclass import dataclass, field


@dataclass(frozen=True, slots=True)
class Basic:
    """`mixed`: `json` that nobody has written, for a value of a union that is not told apart yet. As a whole it is as
    good as any; what is in it depends on which it is."""

    name: str
    mixed: bool = field(default=False, compare=False)


TEXT = Basic("text")
INT = Basic("int")
NUMBER = Basic("number")
DECIMAL = Basic("decimal")
BOOL = Basic("bool")
TIME = Basic("time")
DURATION = Basic("duration")
JSON = Basic("json")
MIXED = Basic("json", mixed=True)
FILE = Basic("file")
BASIC_TYPES = {basic.name: basic for basic in (TEXT, INT, NUMBER, DECIMAL, BOOL, TIME, DURATION, JSON, FILE)}

FRACTION = Basic("fraction")
"""The type of a literal such as `0.5`: it fits number and decimal alike."""
NULL = Basic("null")
NOTHING = Basic("nothing")
"""The result of a call that declares none."""
NEVER = Basic("never")
"""The item of `[]`: it fits every type."""
UNKNOWN = Basic("unknown")

DEEPEST = 60
"""How far types may stand inside types: what works on types goes through them by recursion."""


@dataclass(frozen=True, slots=True)
class Enum:
    """One of some texts; a text literal is an enum of one."""

    values: tuple[str, ...]
    name: str | None = field(default=None, compare=False)
    written: bool = field(default=False, compare=False)
    """Whether it is the type of texts that are written out where a value stands, and nobody's choice of words."""


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a record or a parameter. One that is not required has a default or is null when left out."""

    name: str
    type: "Type"
    required: bool = True
    default: Expression | None = field(default=None, compare=False, repr=False)
    declared: Field | None = field(default=None, compare=False, repr=False)
    """Where it is declared, with its bounds."""


@dataclass(frozen=True, slots=True)
class Record:
    members: tuple[Member, ...]
    name: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    item: "Type"
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class MapOf:
    value: "Type"


@dataclass(frozen=True, slots=True)
class OptionalOf:
    item: "Type"


@dataclass(frozen=True, slots=True)
class UnionOf:
    """Records that are told apart by a field; see `unions.py`."""

    options: tuple["Type", ...]
    name: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class OutcomeOf:
    """How a branch ended: `{ok: bool, value: T?, error: {kind, message, step, details}?}`."""

    value: "Type"


@dataclass(frozen=True, slots=True)
class ApprovalOf:
    """What an approval came to. `by_timeout`: a stage may approve by its timeout, and then nobody answered."""

    answer: "Type | None"
    by_timeout: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages with roles, which nothing looks into. Of more than `at_most`, the last ones are kept."""

    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Recursive:
    name: str
    declared: Mapping[str, "Type"] = field(compare=False, repr=False)


Type = Basic | Enum | Record | ListOf | MapOf | OptionalOf | UnionOf | OutcomeOf | ApprovalOf | Conversation | Recursive

ERROR = Record(
    (Member("kind", TEXT), Member("message", TEXT), Member("step", OptionalOf(TEXT)), Member("details", JSON)), "error"
)
"""What `on error e` gives a name to, and what an outcome that is not ok holds."""
APPROVAL_OUTCOME = Enum(("approved", "rejected", "timed_out", "withdrawn"))
APPROVAL_MEMBERS = (
    Member("outcome", APPROVAL_OUTCOME),
    Member("approved", BOOL),
    Member("by", ListOf(TEXT)),
    Member("note", OptionalOf(TEXT)),
)
"""`note` is what the one who rejected has said, if anything."""


ROLES = ("user", "assistant")
"""Who may speak in a message that is written out. What a tool answered stands only in what an agent has really had."""
MESSAGE = Record(
    (
        Member("role", Enum(ROLES)),
        Member("text", TEXT),
        Member("files", OptionalOf(ListOf(FILE)), required=False),
    )
)
CONVERSATION = Conversation()
OPAQUE = "nothing looks into a conversation"


FILE_MEMBERS = (Member("name", TEXT), Member("media_type", TEXT), Member("size", INT))
"""What there is to say of a file; its content is for tools and models."""


def structure(type_: Type) -> Type:
    """`type_` with what stands for something else replaced by that: a recursive name, an outcome, an approval."""
    match type_:
        case Recursive(name=name, declared=declared):
            return structure(declared.get(name, UNKNOWN))
        case OutcomeOf(value=value):
            members = (Member("ok", BOOL), Member("value", optional(value)), Member("error", OptionalOf(ERROR)))
            return Record(members, spelled(type_))
        case ApprovalOf(answer=answer):
            given = () if answer is None else (Member("answer", optional(answer)),)
            return Record((*APPROVAL_MEMBERS, *given), "approval")
        case _:
            return type_


def optional(type_: Type) -> Type:
    if isinstance(type_, OptionalOf) or type_ in (UNKNOWN, NULL, JSON):
        return type_
    return NULL if type_ in (NOTHING, NEVER) else OptionalOf(type_)


def required(type_: Type) -> Type:
    """`type_` without null."""
    return type_.item if isinstance(type_, OptionalOf) else type_


def members(type_: Type) -> dict[str, Member] | None:
    """The fields of a record-like type by name; None when it is no record."""
    found = structure(type_)
    return {member.name: member for member in found.members} if isinstance(found, Record) else None


def spelled(type_: Type, levels: int = 4) -> str:
    """`type_` as an author would write it; of records without a name so many levels."""
    match type_:
        case Basic(name=name):
            return "decimal" if type_ == FRACTION else name
        case Enum(name=str(name)) | Record(name=str(name)) | UnionOf(name=str(name)) | Recursive(name=str(name)):
            return name
        case Enum(values=values):
            return " | ".join(f'"{value}"' for value in values)
        case ApprovalOf():
            return "approval"
        case Conversation(at_most=at_most):
            return "conversation" if at_most is None else f"conversation at most {at_most} messages"
        case _:
            return _spelled_out(type_, levels) if levels else "…"


def _field(part: Member, levels: int) -> str:
    may_be_left_out = part.type == JSON and not part.required and part.default is None
    return f"{part.name}: {spelled(part.type, levels)}{'?' if may_be_left_out else ''}"


def _spelled_out(type_: Type, levels: int) -> str:
    match type_:
        case Record(members=parts):
            inside = ", ".join(_field(part, levels - 1) for part in parts)
            return f"{{ {inside} }}" if parts else "{}"
        case ListOf(item=item, at_most=at_most):
            inner = "" if item == NEVER else spelled(item, levels - 1)
            return f"[{inner}]" if at_most is None or item == NEVER else f"[{inner} at most {at_most}]"
        case MapOf(value=value):
            return f"map[{spelled(value, levels - 1)}]"
        case OptionalOf(item=Enum(name=None) | UnionOf(name=None) as item):
            return f"({spelled(item, levels - 1)})?"
        case OptionalOf(item=item):
            return f"{spelled(item, levels)}?"
        case UnionOf(options=options):
            return " | ".join(spelled(option, levels - 1) for option in options)
        case OutcomeOf(value=value):
            return f"Outcome[{spelled(value, levels - 1)}]"
        case _:
            return spelled(type_)


def is_deep(type_: Type, levels: int) -> bool:
    """Whether types stand inside types in more than `levels`. Parts that occur several times are looked at once."""
    pending = [(type_, levels)]
    seen: dict[int, int] = {}
    for part, left in pending:
        if left < 0:
            return True
        if seen.get(id(part), levels + 1) > left:
            seen[id(part)] = left
            pending.extend((inner, left - 1) for inner in _parts(part))
    return False


def is_whole(type_: Type) -> bool:
    """Whether all of it could be made out."""
    return all(part != UNKNOWN for part in inside(type_))


def holds_conversation(type_: Type) -> bool:
    """Whether something in a value of the type is a conversation, which has no form that could be looked at."""
    return any(isinstance(part, Conversation) for part in inside(type_, follow=True))


def holds_file(type_: Type) -> bool:
    return any(part == FILE for part in inside(type_, follow=True))


def inside(type_: Type, *, follow: bool = False) -> Iterator[Type]:
    """The type and all types in it, each once. With `follow` also what a recursive one names."""
    pending = [type_]
    seen = {id(type_)}
    for part in pending:
        yield part
        parts = (structure(part),) if follow and isinstance(part, Recursive) else _parts(part)
        inner = [each for each in parts if id(each) not in seen]
        seen.update(map(id, inner))
        pending += inner


def _parts(type_: Type) -> tuple[Type, ...]:
    match type_:
        case Record(members=parts):
            return tuple(part.type for part in parts)
        case ListOf(item=inner) | OptionalOf(item=inner) | MapOf(value=inner) | OutcomeOf(value=inner):
            return (inner,)
        case UnionOf(options=options):
            return options
        case ApprovalOf(answer=answer) if answer is not None:
            return (answer,)
        case _:
            return ()
