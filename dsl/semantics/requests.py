"""What the request, or the event, of a tool reads: the parameters, and `key` where no parameter has that name."""

from dsl.ast import expressions as ast
from dsl.ast.declarations import Emit, Http, ToolDeclaration
from dsl.ast.expressions import Expression
from dsl.semantics.findings import DefinedTwice
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.state import State
from dsl.semantics.symbols import Symbol
from dsl.semantics.types import JSON, TEXT, OptionalOf

KEY, PAGE, PAGE_RESULT, LINK = "key", "page", "result", "link"


def request(node: ToolDeclaration, http: Http, state: State, inference: Inference) -> None:
    """`state` has the parameters. What the parts are is for `dsl.checks.http` to judge."""
    known = state if KEY in state.names else state.define(Symbol(KEY, "key", TEXT, http))
    if http.next is not None:
        if PAGE in state.names:
            inference.report(DefinedTwice(http.next, PAGE, state.names[PAGE].node))
        known = known.define(Symbol(PAGE, "key", OptionalOf(TEXT), http.next))
    for part in parts_of(http.url):
        inference.infer(part, known)
    for header in http.headers:
        wanted = Wanted(OptionalOf(TEXT), f"the header `{header.name}`", header)
        inference.expect(header.value, wanted, known)
    for value in (http.query, http.body):
        if value is not None:
            inference.infer(value, known)
    if http.next is not None:
        page = State().define(Symbol(PAGE_RESULT, "result", JSON, http.next))
        if http.next.items is not None:
            inference.infer(http.next.items, page)
        inference.infer(http.next.value, page.define(Symbol(LINK, "result", OptionalOf(TEXT), http.next)))


def emitted(emit: Emit, state: State, inference: Inference) -> None:
    """What is in the event is for the run that gets it to judge."""
    inference.expect(emit.to, Wanted(TEXT, "the run that gets the event", emit), state)
    if emit.key is not None:
        inference.expect(emit.key, Wanted(TEXT, "the key of an event", emit), state)
    if emit.value is not None:
        inference.infer(emit.value, state)


def parts_of(url: Expression) -> tuple[Expression, ...]:
    return url.parts if isinstance(url, ast.Template) else (url,)
