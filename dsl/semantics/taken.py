"""What functions take and give, in the words of the check: shapes of types, parameters, signatures."""

from collections.abc import Callable, Mapping

from dsl.ast.expressions import Expression, Literal
from dsl.dataclass import dataclass
from dsl.semantics.types import INT, TEXT, UNKNOWN, Enum, ListOf, Type, holds_conversation


@dataclass(frozen=True, slots=True)
class Given:
    """The arguments of one call by parameter, and the types of those beyond the last parameter."""

    types: Mapping[str, Type]
    expressions: Mapping[str, Expression]
    more: tuple[Type, ...] = ()

    def item(self, name: str = "items") -> Type:
        found = self.types.get(name, UNKNOWN)
        return found.item if isinstance(found, ListOf) else UNKNOWN

    def bound(self, name: str = "items") -> int | None:
        found = self.types.get(name, UNKNOWN)
        return found.at_most if isinstance(found, ListOf) else None

    def literal(self, name: str) -> object:
        """The value of an argument that is a literal, otherwise None."""
        found = self.expressions.get(name)
        return found.value if isinstance(found, Literal) else None


@dataclass(frozen=True, slots=True)
class Shape:
    """`nullable`: whether null may be given."""

    words: str
    accepts: Callable[[Type, Given], bool]
    nullable: Callable[[Given], bool] = lambda given: False


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    shape: Shape
    required: bool = True


@dataclass(frozen=True, slots=True)
class Function:
    """`more` is what each argument after the last parameter must be; None: there are none. The arguments of a function
    with more of them become values of the type of its result."""

    parameters: tuple[Parameter, ...]
    result: Callable[[Given], Type]
    more: Shape | None = None


def is_text(found: Type) -> bool:
    return found == TEXT or isinstance(found, Enum)


ANY = Shape(
    "anything that can be looked into", lambda found, given: not holds_conversation(found), nullable=lambda given: True
)
A_TEXT = Shape("text", lambda found, given: is_text(found))
AN_INT = Shape("int", lambda found, given: found == INT)
A_LIST = Shape("a list", lambda found, given: isinstance(found, ListOf))


def gives(result: Type, *parameters: Parameter) -> Function:
    return Function(parameters, lambda given: result)


def smaller(left: int | None, right: object) -> int | None:
    bounds = [bound for bound in (left, right) if isinstance(bound, int)]
    return min(bounds) if bounds else None
