"""Expressions: pure, total, no conversion that is not written.

`Widen`, `Convert` and `Apply` have no text of their own: sealing puts them where a value becomes one of another type,
and where a declared function is called.
"""

from decimal import Decimal

from dsl.ast import types
from dsl.ast.node import Node
from dsl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """`null true false 3 0.5 "text"`. A whole number is an `int`, one with a point a `Decimal`; `60k` is 60000."""

    value: None | bool | int | Decimal | str


@dataclass(frozen=True, slots=True)
class DurationLiteral(Node):
    """`1h30m`, in milliseconds."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class Template(Node):
    """Text with `{{ expression }}` in it; plain stretches are `Literal` texts. Text without any is a `Literal`."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Get(Node):
    """`subject.name`, or `subject?.name` (null when the subject is null)."""

    subject: "Expression"
    name: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Index(Node):
    """`subject[index]`: an item of a list (negative counts from the end) or a value of a map."""

    subject: "Expression"
    index: "Expression"


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """`subject[start:stop]` of a list or a text."""

    subject: "Expression"
    start: "Expression | None"
    stop: "Expression | None"


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """`name: value`, or a value alone, which takes the parameter at its position."""

    name: str | None
    value: "Expression"


@dataclass(frozen=True, slots=True)
class FunctionCall(Node):
    """A call of a built-in function (`last(xs, 3)`, `now()`); in a text also of a type or a declared function."""

    function: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`not x` or `-x`; operator is `"not"` or `"-"`."""

    operator: str
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Operator is one of `or and == != < <= > >= in`, `not in`, `+ - * / // %`."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """`if condition then value else otherwise`."""

    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"


@dataclass(frozen=True, slots=True)
class Operand(Node):
    """`- value` in a row."""

    operator: str
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Row(Node):
    """`a + b - c …` or `a * b / c …`, worked out from the left, where there are many: however long, it is not deep."""

    first: "Expression"
    rest: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Way(Node):
    """`if condition then value else` in a chain."""

    condition: "Expression"
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """`if … then … else if … then … else otherwise`, where there are many: the value of the first way that holds."""

    ways: tuple[Way, ...]
    otherwise: "Expression"


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Comprehension(Node):
    """`[item for variable in source if condition]`."""

    item: "Expression"
    variable: str
    source: "Expression"
    condition: "Expression | None"


@dataclass(frozen=True, slots=True)
class Entry(Node):
    name: str
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Spread(Node):
    """`...value` inside a record: all its fields; a later entry of the same name wins."""

    value: "Expression"


@dataclass(frozen=True, slots=True)
class RecordLiteral(Node):
    entries: tuple[Entry | Spread, ...]


@dataclass(frozen=True, slots=True)
class Widen(Node):
    """`value`, which the check knows to fit, as a value of `type`: an int as a number, a record with its defaults."""

    value: "Expression"
    type: "types.Type"


@dataclass(frozen=True, slots=True)
class Convert(Node):
    """`Page(value, or: otherwise)`: out of `json` or `text`, where it turns out whether it fits."""

    value: "Expression"
    type: "types.Type"
    otherwise: "Expression | None" = None


@dataclass(frozen=True, slots=True)
class Apply(Node):
    """A call of the declared `function`, written out: `body` is worked out where only its parameters are known, each
    with the value of the argument of that name. `parameters` and `returns` are as it is declared, for who reads the
    definition: a run needs neither. What was sealed before they were kept has none."""

    function: str
    arguments: tuple[Argument, ...]
    body: "Expression"
    parameters: tuple["types.Field", ...] = ()
    returns: "types.Type | None" = None


Written = (
    Literal
    | DurationLiteral
    | Template
    | Name
    | Get
    | Index
    | Slice
    | FunctionCall
    | Unary
    | Binary
    | Row
    | Conditional
    | Chain
    | ListLiteral
    | Comprehension
    | RecordLiteral
)
"""What stands in a text."""

Expression = Written | Widen | Convert | Apply
