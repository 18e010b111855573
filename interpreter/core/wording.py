"""How the expressions that a question shows are called: as their author wrote them, as far as they are names."""

from dsl.ast.expressions import Expression, Get, Index, Literal, Name


def expression_text(expression: Expression) -> str:
    """`verdict`, `customer.name`, `orders[0]`; anything else is called `value`."""
    match expression:
        case Name(name=name):
            return name
        case Get(subject=subject, name=name):
            return f"{expression_text(subject)}.{name}"
        case Index(subject=subject, index=Literal(value=value)):
            return f"{expression_text(subject)}[{value}]"
        case _:
            return "value"
