"""A whole file of declarations, out of a document."""

from collections.abc import Collection

from dsl.ast.expressions import Literal
from dsl.dataclass import dataclass
from dsl.openapi.document import Document, Left, Operation
from dsl.openapi.names import as_tool_name
from dsl.openapi.tools import NoTool, Tools
from dsl.openapi.types import Types
from dsl.values.addresses import Unfit, address_of

MOST_COMMENTS = 200


class NothingToWrite(ValueError):
    """Why there is no declaration."""


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a file, how many tools it has, and what is not in it."""

    text: str
    tools: int
    left: tuple[Left, ...]


def declarations(
    document: Document,
    *,
    tags: Collection[str] = (),
    operations: Collection[str] = (),
    server: str = "",
    prefix: str = "",
) -> Written:
    """Of all operations, or of those with one of the `tags` or ids. Raises `NothingToWrite`."""
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
    types = Types(document)
    tools = Tools(document, types, address, prefix or as_tool_name(document.title))
    written, count = [], 0
    for operation in wanted:
        try:
            written.append(tools.of(operation))
            count += 1
        except NoTool as error:
            document.leave(operation.where, str(error))
            written.append(f"# {operation.where} is left out: {error}\n")
    notes = [f"# left out: {each.what}: {each.why}\n" for each in document.left if each.what not in _told(wanted)]
    head = f"# From the OpenAPI document of {' '.join(document.title.split())[:60]}. Read it, above all the effects.\n"
    declared = [each for each in types.written.values() if each]
    text = "\n".join([f"edition 1\n\n{head}{''.join(notes[:MOST_COMMENTS])}", *declared, *written])
    return Written(text, count, tuple(document.left))


def _is_wanted(operation: Operation, tags: Collection[str], ids: Collection[str]) -> bool:
    return (not tags and not ids) or operation.id in ids or any(tag in tags for tag in operation.tags)


def _told(operations: list[Operation]) -> set[str]:
    return {operation.where for operation in operations}
