"""A whole file of declarations, out of a document."""

from collections.abc import Collection, Iterable, Mapping

from dsl.ast.expressions import Literal
from dsl.dataclass import dataclass, field
from dsl.diagnostics.inert import inert
from dsl.openapi.document import Document, Left, Operation
from dsl.openapi.names import as_tool_name
from dsl.openapi.tools import NoTool, Tools
from dsl.openapi.types import Types
from dsl.values.addresses import Unfit, address_of

MOST_COMMENTS = 200


class NothingToWrite(ValueError):
    """Why there is no declaration."""


@dataclass(frozen=True, slots=True)
class Part:
    """A declaration in a text, from `start` to `end`: `what` is the name of a schema, or an operation as people name
    it.
    """

    what: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a file, how many tools it has, and what is not in it."""

    text: str
    tools: int
    left: tuple[Left, ...]
    parts: tuple[Part, ...] = field(default=())


def declarations(
    document: Document,
    *,
    tags: Collection[str] = (),
    operations: Collection[str] = (),
    server: str = "",
    prefix: str = "",
    without: Mapping[str, str] | None = None,
) -> Written:
    """Of all operations, or of those with one of the `tags` or ids. `without`: what is left out of them, and the
    schemas that become `json`, by the names of parts, with the reason. Raises `NothingToWrite`.
    """
    address = (server or document.server()).rstrip("/")
    if not address:
        raise NothingToWrite("no server stands in it with its whole address: say it with --server https://…")
    try:
        address_of(Literal(f"{address}/"))
    except Unfit as unfit:
        raise NothingToWrite(f"{address}: {unfit}") from None
    wanted = [each for each in document.operations() if _is_wanted(each, tags, operations)]
    missing = sorted({*operations} - {each.id for each in wanted})
    if missing or not wanted:
        ids = ", ".join(sorted(each.id for each in document.operations() if each.id)[:20])
        what = f"there is no operation {', '.join(missing)}" if missing else "no operation is meant"
        raise NothingToWrite(f"{what}; there are {ids or 'none with an id'}")
    without = without or {}
    types = Types(document, without)
    tools = Tools(document, types, address, prefix or as_tool_name(document.title))
    written, count = [], 0
    for operation in wanted:
        try:
            if operation.where in without:
                raise NoTool(without[operation.where])
            written.append((operation.where, tools.of(operation)))
            count += 1
        except NoTool as error:
            document.leave(operation.where, str(error))
            written.append((operation.where, _comment(f"{operation.where} is left out: {error}")))
    of_tools = {operation.where for operation in wanted}
    notes = [_comment(f"left out: {each.what}: {each.why}") for each in document.left if each.what not in of_tools]
    title = _comment(
        f"From the OpenAPI document of {' '.join(document.title.split())[:60]}. Read it, above all the effects."
    )
    head = f"edition 1\n\n{title}{''.join(notes[:MOST_COMMENTS])}"
    text, parts = _joined(head, [*((key, said) for key, said in types.written.items() if said), *written])
    return Written(text, count, tuple(document.left), parts)


def _comment(said: str) -> str:
    """On one line, whatever stands in the document."""
    return f"# {inert(said)}\n"


def _joined(head: str, declared: Iterable[tuple[str, str]]) -> tuple[str, tuple[Part, ...]]:
    text, parts = head, []
    for what, said in declared:
        text += "\n"
        parts.append(Part(what, len(text), len(text) + len(said)))
        text += said
    return text, tuple(parts)


def _is_wanted(operation: Operation, tags: Collection[str], ids: Collection[str]) -> bool:
    return (not tags and not ids) or operation.id in ids or any(tag in tags for tag in operation.tags)
