"""Nothing of a definition is compared without words of its own, and the schema knows all that may be said."""

from dataclasses import fields
from typing import get_args

import pytest

from dsl.ast import declarations, statements
from dsl.ast.node import Node
from dsl.differences import schema
from dsl.differences.fields import ELSEWHERE, FIELDS
from dsl.differences.items import HOLDING, NAMES

SEALED = (
    *get_args(statements.Statement),
    *HOLDING,
    declarations.FlowDeclaration,
    declarations.ToolDeclaration,
    declarations.AgentDeclaration,
)
HOLDS = {"body", "arms", "cases", "otherwise", "branches", "race", "handlers", "on_exhausted"}
"""Fields that hold statements, or what has a block of its own."""


@pytest.mark.parametrize("kind", SEALED, ids=lambda kind: kind.__name__)
def test_every_field_has_a_row(kind: type[Node]) -> None:
    known = FIELDS[kind].keys() | ELSEWHERE.get(kind, frozenset()) | NAMES | HOLDS | {"span"}
    assert {part.name for part in fields(kind)} - known == set(), "say in dsl/differences/fields.py what they are"


def test_no_row_is_of_a_field_that_there_is_not() -> None:
    missing = [
        f"{kind.__name__}.{name}"
        for kind, rows in FIELDS.items()
        for name in (*rows, *ELSEWHERE.get(kind, ()))
        if name not in {part.name for part in fields(kind)}
    ]
    assert missing == []


def test_the_schema_is_current() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), "run python -m dsl.differences.schema"
