"""`run.id`, `run.started`, `run.flow`, `run.hash`, `run.requester`: what a flow may ask of its own run.

They are the same wherever the run asks. Only a flow has a run; a tool or an agent is given them.
"""

from dsl.ast.expressions import Get, Name
from dsl.ast.of_run import ASKED
from dsl.semantics.findings import UnknownField
from dsl.semantics.inference import Inference
from dsl.semantics.state import State
from dsl.semantics.types import TEXT, TIME, UNKNOWN, Member, Record, Type, optional

_TYPES: dict[str, Type] = {
    "id": TEXT,
    "started": TIME,
    "flow": TEXT,
    "hash": TEXT,
    "requester": optional(TEXT),
}
_RUN = Record(tuple(Member(name, _TYPES[name]) for name in ASKED), "run")


def is_run(node: Get, state: State, inference: Inference) -> bool:
    """Whether it is a field of `run`, where no name of the flow is called so."""
    ours = isinstance(node.subject, Name) and node.subject.name == "run" and state.limited is not None
    return ours and "run" not in state.names and "run" not in inference.defined


def field_of(node: Get, inference: Inference) -> Type:
    if node.name in _TYPES:
        inference.facts.of_run.add(id(node))
        return _TYPES[node.name]
    inference.report(UnknownField(node, node.name, _RUN, ASKED))
    return UNKNOWN
