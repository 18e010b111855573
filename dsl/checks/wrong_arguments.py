"""SF104: an argument that is not taken, or one that is missing."""

from collections.abc import Iterator

from dsl.checks.program import Program, did_you_mean
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import BadArgument


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(BadArgument):
        declared = found.declared
        secondary = () if declared is None else (program.name_label(declared, found.callee, "declared here"),)
        message, advice = _words(found)
        at_callee = found.reason == "missing"
        primary = program.name_label(found.node, found.callee) if at_callee else program.label(found.node)
        yield Diagnostic("SF104", message, primary, secondary, help=advice)


def _words(found: BadArgument) -> tuple[str, str | None]:
    callee, name = found.callee, found.name
    takes = f"it takes {', '.join(found.known)}" if found.known else "it takes no arguments"
    match found.reason:
        case "missing":
            several = "`, `" in name
            return f"`{callee}` needs `{name}`", f"add {'them' if several else f'`{name}: …`'}"
        case "unknown":
            return f"`{callee}` has no argument `{name}`", did_you_mean(name, found.known) or takes
        case "twice":
            return f"`{name}` of `{callee}` is given twice", "leave one of them out"
        case "too many":
            return f"`{callee}` takes {_count(len(found.known))}, and this is one more", takes
        case "positional after named":
            return "an argument without a name stands after one with a name", "give it a name too"
        case "sign":
            return "an argument is named with `:`", f"write `{name}: …`"
        case "key":
            return f"`{name}` of `{callee}` takes the idempotency key, which is filled in", "leave it out"


def _count(count: int) -> str:
    return "1 argument" if count == 1 else f"{count} arguments" if count else "no arguments"
