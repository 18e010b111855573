"""SF105: a field that a value does not have."""

from collections.abc import Iterator

from dsl.ast.expressions import Get
from dsl.checks.program import Program, nearest
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.semantics.findings import UnknownField
from dsl.semantics.foreign_names import field_meant
from dsl.semantics.types import Basic, Enum, ListOf, MapOf, Record, UnionOf, spelled
from dsl.source import Span


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(UnknownField):
        span = _place(program, found)
        meant = nearest(found.name, found.known)
        subject = program.source.slice(found.node.subject.span) if isinstance(found.node, Get) else "it"
        foreign = field_meant(found, subject)
        if foreign is not None:
            yield Diagnostic("SF105", foreign[0], Label(span), program.also(found), foreign[1])
            continue
        yield Diagnostic(
            "SF105",
            f"{_owner(found)} has no field `{found.name}`",
            Label(span),
            program.also(found),
            help=_advice(found, subject) if meant is None else f"did you mean `{meant}`?",
            fix=None if meant is None else Fix(span, meant),
        )


def _place(program: Program, found: UnknownField) -> Span:
    if isinstance(found.node, Get):
        end = found.node.span.end
        return Span(max(found.node.span.start, end - len(found.name)), end)
    return program.word(found.node, found.name)


def _owner(found: UnknownField) -> str:
    words = spelled(found.type)
    return f"`{words}`" if len(words) <= 60 else "this record"


def _advice(found: UnknownField, subject: str) -> str | None:
    match found.type:
        case Record(name="budget.left"):
            rest = f"; it has {', '.join(found.known)}" if found.known else ""
            return f"no budget of this flow limits that here{rest}"
        case Record(name="approval") if found.name == "answer":
            return "give the approval `answer { … }` to ask for one"
        case UnionOf():
            return f"only some of its records do: check first which one it is, by {', '.join(found.known) or 'a field'}"
        case Basic() | Enum():
            return f"it has no fields: write `{subject}`"
        case ListOf():
            return "it is a list: take one item (`[0]`, `first(…)`), or go over them with `for`"
        case MapOf():
            return f'a map is asked by key: `["{found.name}"]`'
    return f"it has {', '.join(found.known)}" if found.known else None
