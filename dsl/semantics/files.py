"""Where a file may not go: no model writes one, nobody types one into an answer, and neither a server of tools
nor a request takes one.

What a model can be shown of one is decided where its prompt stands: `dsl.checks.files`.
"""

from collections.abc import Iterator

from dsl.ast.declarations import ToolDeclaration, Use
from dsl.ast.types import RecordType
from dsl.semantics.findings import Finding, InvalidType
from dsl.semantics.inference import Inference
from dsl.semantics.symbols import Signature
from dsl.semantics.types import Record, holds_file


def given_elsewhere(signature: Signature) -> Iterator[Finding]:
    """Files among what an agent gives, and what a server of tools takes or gives."""
    node = signature.node
    if signature.kind == "agent" and holds_file(signature.returns):
        yield InvalidType(
            node.returns or node, "a model answers no file", "let a tool make the file of what it answers"
        )
    if not isinstance(node, ToolDeclaration) or (node.served is None and node.http is None and node.emit is None):
        return
    whose = "a tool of an MCP server" if node.http is None else "a tool that a request carries out"
    whose = whose if node.emit is None else "a tool that an event carries out"
    fields = {field.name: field for field in node.parameters}
    for member in signature.parameters:
        if holds_file(member.type):
            yield InvalidType(fields[member.name], f"{whose} takes no file", _OURS)
    if holds_file(signature.returns):
        yield InvalidType(node.returns or node, f"{whose} gives no file", _OURS)


_OURS = "use a tool of your own: a Python function that takes a `File`"


def given_by_model(node: Use, signature: Signature, inference: Inference) -> None:
    """A model has no file to give to a call."""
    given = next((each for each in signature.parameters if holds_file(each.type)), None)
    if given is not None:
        message = f"a model gives no file, and `{given.name}` of `{node.target}` is one"
        inference.report(InvalidType(node, message, "use a flow or a tool that has the file from elsewhere"))


def typed_by_people(node: RecordType, answer: Record, inference: Inference) -> None:
    """What is asked of people is typed."""
    fields = {field.name: field for field in node.fields}
    for member in answer.members:
        if holds_file(member.type):
            advice = "ask for the words that are needed, and take the file as input"
            inference.report(InvalidType(fields[member.name], "an answer to a question holds no file", advice))
