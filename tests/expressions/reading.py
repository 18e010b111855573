"""An expression from its text, for tests."""

from dsl.ast.expressions import Expression
from dsl.ast.node import walk
from dsl.ast.statements import Let
from dsl.source import Source
from dsl.syntax.parse import parse


def expression(text: str) -> Expression:
    parsed = parse(Source("case", f"edition 1 flow case() {{ let value = {text} }}"))
    assert not parsed.diagnostics, [problem.message for problem in parsed.diagnostics]
    (let,) = (node for node in walk(parsed.module) if isinstance(node, Let))
    return let.value
