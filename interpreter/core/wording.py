"""What people are told things are called: the expressions that a question shows, and steps."""

import re

from dsl.ast.expressions import Expression, Get, Index, Literal, Name, Widen


def expression_text(expression: Expression) -> str:
    """`verdict`, `customer.name`, `orders[0]`; anything else is called `value`."""
    match expression:
        case Name(name=name):
            return name
        case Get(subject=subject, name=name):
            return f"{expression_text(subject)}.{name}"
        case Index(subject=subject, index=Literal(value=value)):
            return f"{expression_text(subject)}[{value}]"
        case Widen(value=inner):
            return expression_text(inner)
        case _:
            return "value"


_SILENT = re.compile(r"then\d*|case\d*|else|body")
_ORDINAL = re.compile(r"#\d+")


def title(path: str) -> str:
    """What a step is called: its path without the flow and without blocks that have no name, `refine[3]/version`."""
    *around, last = path.split("/")[1:] or [path]
    named = [segment for segment in around if "[" in segment or not ("#" in segment or _SILENT.fullmatch(segment))]
    return _ORDINAL.sub("", "/".join([*named, last]))
