"""Where the type of a value was declared: the field, parameter or `var` whose other type would end a mismatch.

A type that was declared wrongly shows where its values are used, each time as a mismatch of its own. Two mismatches are
about one declaration when both would be gone if it had one and the same other type, and no use needs the one it has.
"""

from collections.abc import Iterator

from dsl.ast.declarations import TypeDeclaration
from dsl.ast.expressions import Get, Name, Template
from dsl.ast.node import Node
from dsl.ast.statements import AwaitApproval, Call, Step, Var
from dsl.ast.types import Field, RecordType
from dsl.regex import regex
from dsl.semantics.facts import Facts
from dsl.semantics.findings import Mismatch
from dsl.semantics.types import Enum, Record, Type, required, spelled

_DETAIL = regex(r" at most [\d,]+|, as .*|^an? ")


def declaration(node: Node | None, facts: Facts) -> Node | None:
    """The field or `var` that gives an expression its type; of a declaration, itself."""
    match node:
        case Name():
            symbol = facts.symbol_of(node)
            return symbol.node if symbol is not None and isinstance(symbol.node, Field | Var) else None
        case Get():
            record = _record(node, facts)
            fields = () if record is None else record.fields
            return next((field for field in fields if field.name == node.name), None)
        case Field() | Var():
            return node
    return None


def _record(node: Get, facts: Facts) -> RecordType | None:
    """The record, as it is written, that `node` takes a field of."""
    subject = required(facts.type_of(node.subject))
    if isinstance(subject, Record) and subject.name is not None:
        return _written(facts.declarations.type_nodes.get(subject.name))
    owner = node.subject
    if isinstance(owner, Get) and owner.name == "answer":
        owner = owner.subject
    symbol = facts.symbol_of(owner) if isinstance(owner, Name) else None
    match symbol.node if symbol is not None else None:
        case AwaitApproval(answer=answer):
            return answer
        case Step(call=call):
            callee = facts.callee_of(call)
            returns = None if callee is None else callee.node.returns
            return returns if isinstance(returns, RecordType) else None
    return None


def _written(declared: TypeDeclaration | None) -> RecordType | None:
    return declared.type if declared is not None and isinstance(declared.type, RecordType) else None


def blamed(found: Mismatch, facts: Facts) -> Iterator[tuple[Node, str]]:
    """Each declaration that `found` may be about, with the type that it would have to have."""
    here, asked = _plain(found.found), _DETAIL.sub("", found.wanted)
    if found.beside is not None:
        asked = _plain(facts.type_of(found.beside))
    for node, instead in ((found.node, asked), (found.beside, here), (found.declared, here)):
        declared = declaration(node, facts)
        if declared is not None and here != asked:
            yield declared, instead


def needed(facts: Facts) -> set[int]:
    """The declarations, by identity, that some use takes as they are; a template takes a value of any type."""
    found = [each for each in facts.findings if isinstance(each, Mismatch)]
    wrong = {id(node) for each in found for node in (each.node, each.beside) if node is not None}
    wrong |= {id(part) for template in facts.all(Template) for part in template.parts}
    uses: list[Node] = [*facts.all(Name), *facts.all(Get)]
    right = {id(declaration(use, facts)) for use in uses if id(use) not in wrong}
    for call in facts.all(Call):
        callee, values = facts.callee_of(call), facts.arguments_of(call)
        given = () if callee is None else (each for each in callee.node.parameters if each.name in values)
        right |= {id(each) for each in given if id(values[each.name]) not in wrong}
    return right


def _plain(type_: Type) -> str:
    """A type without what makes no other one of it: how long, and which texts."""
    type_ = required(type_)
    return "text" if isinstance(type_, Enum) else _DETAIL.sub("", spelled(type_))
