"""What the tools of a worker and the declarations of flows agree on: checked when the worker starts, and on each call.

A call carries the digest of what its definition declares. Equal digests agree; another one is refused until the
readable form comes with it, from which the types are compared once, and the answer is remembered. A tool that an MCP
server carries out also has to be carried out by the same one; a function of the worker's own stands in for any server.
"""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from dsl.ast.declarations import ToolDeclaration
from dsl.definition.definition import Definition
from dsl.source import Source
from dsl.values.signature import BY_SERVER, with_key
from interpreter.activities.headers import DeclaredSignature
from interpreter.activities.tool import Tool
from interpreter.activities.wording import place_of
from interpreter.core.staging import may_write
from interpreter.worker.compatibility import Declared, differences


class SignatureError(TypeError):
    """The tools of this worker do not fit the flows that it is to serve; the message names every difference."""


class Agreements:
    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bool] = {}

    def accepts(self, tool: Tool, declared: DeclaredSignature) -> bool:
        """Whether `tool` can serve a call that is declared so."""
        if tool.unchecked or declared.digest == tool.signature.digest:
            return True
        key = (tool.name, declared.digest)
        if key not in self._known:
            if not declared.readable:
                return False
            types, _, server = declared.readable.partition(BY_SERVER)
            read = _read(tool.name, types) if tool.served in (None, server) else None
            self._known[key] = read is not None and not differences(read, tool)
        return self._known[key]

    def check(
        self,
        definitions: Iterable[Definition],
        tools: dict[str, Tool],
        queue: str,
        *,
        partial: bool = False,
        staged: bool = False,
        beside: Collection[str] = (),
    ) -> None:
        """Compare `tools` with all that the definitions call on `queue`. Raises `SignatureError`.

        With `partial` a tool may be missing: another worker on the queue has it. `staged`: what may write is called by
        no run, so it may be missing too. `beside` are the names of activities
        that this worker has besides the tools.
        """
        problems: list[str] = []
        for definition in definitions:
            for declaration in definition.tools.values():
                wanted = not partial and declaration.name not in beside and not (staged and may_write(declaration))
                if declaration.queue in (None, queue) and (wanted or declaration.name in tools):
                    problems += self._compare(definition, declaration, tools.get(declaration.name), sorted(tools))
        if problems:
            raise SignatureError("the tools do not fit the flows:\n" + "\n".join(dict.fromkeys(problems)))

    def _compare(
        self, definition: Definition, declaration: ToolDeclaration, tool: Tool | None, offered: list[str]
    ) -> list[str]:
        sealed = definition.signature(declaration.name)
        sides = f"\n    declared in `{definition.flow}`: {sealed.readable}"
        if tool is None:
            advice = f"give the worker a function marked @tool({declaration.name!r})"
            close = get_close_matches(declaration.name, [name for name in offered if name not in definition.tools], n=1)
            instead = f"; there is @tool({close[0]!r}), which `{definition.flow}` does not declare" if close else ""
            return [f"  `{declaration.name}` has no implementation: {advice}{instead}{sides}"]
        if tool.unchecked:
            return []
        declared = Declared(with_key(declaration.parameters, declaration.key), declaration.returns, definition.types)
        found = differences(declared, tool)
        self._known[tool.name, sealed.digest] = not found
        sides += f"\n    this worker offers:{' ' * max(1, len(definition.flow) - 3)}{tool.signature.readable}"
        at = place_of(tool.function)
        sides += f" ({at})" if at is not None else ""
        return [f"  `{declaration.name}`: {'; '.join(found)}{sides}"] if found else []


def _read(name: str, readable: str) -> Declared | None:
    """A signature from its readable form; None where a type contains itself, which cannot be written down flat."""
    # The parser is loaded only by a worker that meets a signature that it does not know.
    from dsl.syntax.parse import parse

    parameters, _, returns = readable.rpartition("->")
    result = "" if returns.strip() == "null" else f"-> {returns}"
    parsed = parse(Source(name, f"edition 1 tool t({parameters}) {result} read"))
    match parsed.module.declarations:
        case (ToolDeclaration() as declaration,) if not parsed.diagnostics:
            return Declared(declaration.parameters, declaration.returns, {})
        case _:
            return None
