"""What the request of a tool reads: the parameters, and `key` where no parameter has that name."""

from dsl.ast import expressions as ast
from dsl.ast.declarations import Http, ToolDeclaration
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


def parts_of(url: Expression) -> tuple[Expression, ...]:
    return url.parts if isinstance(url, ast.Template) else (url,)
