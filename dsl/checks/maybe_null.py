"""SF202: a value that may be null where null has no meaning."""

from collections.abc import Iterator

from dsl.ast.expressions import Get, Index, Name
from dsl.ast.node import Node
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.access import path_of
from dsl.semantics.findings import MaybeNull
from dsl.semantics.types import ApprovalOf


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(MaybeNull):
        declared = found.declared
        yield Diagnostic(
            "SF202",
            f"{_words(program, found.node)} may be null, and {found.use} needs a value",
            program.label(found.node),
            (*(() if declared is None else (program.label(declared, "asked for here"),)), *program.also(found)),
            help=_advice(program, found),
        )


def _words(program: Program, node: Node) -> str:
    text = program.source.slice(node.span)
    return f"`{text}`" if len(text) <= 40 and "\n" not in text else "this"


def _advice(program: Program, found: MaybeNull) -> str:
    node = found.node
    if isinstance(node, Get) and node.name == "answer":
        owner = program.facts.type_of(node.subject)
        if isinstance(owner, ApprovalOf):
            return _of_approval(program.source.slice(node.subject.span), owner)
    if not isinstance(node, (Get, Index, Name)) or path_of(node) is None:
        return "give it a name, such as `let found = …`, and check that: `if found != null { … }`"
    text = program.source.slice(node.span)
    if len(text) > 60 or "\n" in text:
        text = "…"
    if found.use.startswith("`.") and text != "…":
        return f"check it first: `if {text} != null {{ … }}`, or use `?.`"
    return f"check it first: `if {text} != null {{ … }}`, or say what else: `if {text} != null then … else …`"


def _of_approval(name: str, approval: ApprovalOf) -> str:
    if approval.by_timeout:
        return f'nobody answers when it is approved by its timeout: check `{name}.outcome == "approved"`'
    return f"it has a value only where the approval holds: inside `if {name}.approved {{ … }}`"
