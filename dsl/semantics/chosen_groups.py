"""Which groups `from group EXPR` may come to: all values of the type that the expression has.

So it can be told before a run whom a flow may ask. A text of any other type could be any text, and nobody who reads the
flow, its plan or its definition would know who may be asked.
"""

from dsl.ast.expressions import Literal
from dsl.ast.people import ChosenGroup
from dsl.semantics.facts import Facts
from dsl.semantics.findings import InvalidType, MaybeNull, Mismatch
from dsl.semantics.inference import Inference
from dsl.semantics.state import State
from dsl.semantics.types import JSON, NULL, TEXT, Enum, OptionalOf, required, structure

_USE = "`group`"
_WANTED = 'one of some texts, such as `"leads" | "board"`'


def check(whom: ChosenGroup, state: State, inference: Inference) -> None:
    found = inference.infer(whom.value, state)
    inner = structure(required(found))
    if inner in (TEXT, JSON):
        message = "this could be any text, and which groups may be asked is known before the run"
        advice = 'declare them, `type Group = "leads" | "board"`, and give this that type, or call it: `Group(…)`'
        inference.report(InvalidType(whom.value, message, advice))
    elif found == NULL:
        inference.report(Mismatch(whom.value, _USE, _WANTED, found))
    elif not isinstance(inner, Enum):
        inference.refuse(whom.value, _USE, _WANTED, found)
    elif isinstance(found, OptionalOf):
        inference.report(MaybeNull(whom.value, _USE))


def as_written(whom: ChosenGroup) -> str | None:
    """The group that stands there, or in a constant: data chooses nothing then."""
    return whom.value.value if isinstance(whom.value, Literal) and isinstance(whom.value.value, str) else None


def possible(whom: ChosenGroup, facts: Facts) -> tuple[str, ...]:
    """In the order in which the type has them; none where the text does not pass the check."""
    found = structure(facts.type_of(whom.value))
    return found.values if isinstance(found, Enum) else ()
