"""SF502: an approval that nobody can give as it is written, or that a model could give away."""

from collections.abc import Iterator
from unicodedata import normalize

from dsl.ast.declarations import Use
from dsl.ast.events import ExpectedEvent
from dsl.ast.expressions import Literal
from dsl.ast.left import limited
from dsl.ast.people import ChosenGroup, FromData, Group, Person, Stage, Whom
from dsl.ast.statements import AwaitApproval, Budget
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.provenance.persons import ChosenByModel
from dsl.semantics.questions import Budgeted, Question, questions


def check(program: Program) -> Iterator[Diagnostic]:
    people = (found for found in program.chosen_by_models if found.parameter is None)
    yield from (_chosen_by_model(program, found) for found in people)
    for question in questions(program.facts):
        if not question.stages:
            message = f"{question.words} asks nobody"
            advice = 'say whom, until when, and what then: `from "GROUP" timeout 24h then reject`'
            yield Diagnostic("SF502", message, program.name_label(question.node, question.name), help=advice)
        for stage in question.stages:
            yield from _quorum(program, stage)
        yield from _never_asked(program, question)
        if isinstance(question.node, Use):
            yield from _by_itself(program, question)
        if isinstance(question.node, Budgeted):
            yield from _for_more(program, question, question.node.budget)
    for node in program.facts.all(AwaitApproval):
        yield from _answer(program, node)


def _quorum(program: Program, stage: Stage) -> Iterator[Diagnostic]:
    """A group may have any number of members; a person is one. What data says twice is one seat."""
    if not stage.all_of and all(isinstance(whom, Person) for whom in stage.whom):
        named = len({_who(whom) for whom in stage.whom})
        if stage.required > named:
            message = f"{stage.required} answers are required, and {named} can come"
            yield Diagnostic("SF502", message, program.label(stage), help="ask for fewer, or name more people")
    elif stage.all_of:
        seen: dict[object, Whom] = {}
        for whom in stage.whom:
            first = seen.setdefault(_who(whom), whom)
            if first is not whom:
                what = "person" if isinstance(whom, Person) else "group"
                message, before = f"this {what} is asked twice, and counts once", program.label(first, "asked here")
                advice = f"leave one out, or name another {what}"
                yield Diagnostic("SF502", message, program.label(whom), (before,), help=advice)


def _who(whom: Whom) -> object:
    """Equal for two that are one for certain: the same expression, or a person's name in the text in any spelling."""
    match whom:
        case Person(value=Literal(value=str(name))):
            return " ".join(normalize("NFKC", name).casefold().split())
        case Person(value=value):
            return value
        case ChosenGroup():
            return whom
        case _:
            return id(whom)


def _chosen_by_model(program: Program, found: ChosenByModel) -> Diagnostic:
    """With the way of the value: from the answer of the model to the one who is asked."""
    nobody = "who sends one" if isinstance(found.call, ExpectedEvent) else "a model"
    message = f"who is asked comes from {found.source}: {nobody} may not choose who approves"
    if not isinstance(found.whom, FromData):
        message = f"how people are asked comes from {found.source}: {nobody} may not choose how many, nor for how long"
    labels = (*program.way(found.way), program.label(found.call, found.comes_in))
    what = {Person: "person", ChosenGroup: "group"}.get(type(found.whom), "limit")
    advice = f"take the {what} from the input of the flow, or from a tool, and let no model or event decide between two"
    return Diagnostic("SF502", message, program.label(found.whom), labels, help=advice)


def _for_more(program: Program, question: Question, budget: Budget | None) -> Iterator[Diagnostic]:
    """More is given by somebody who says how much, of what can be given while the time runs."""
    for stage in question.stages:
        if stage.outcome == "approve":
            message = "nobody who does not answer says how much more there is"
            yield Diagnostic("SF502", message, program.label(stage), help="end this stage with `then fail`")
        for whom in stage.whom:
            if not isinstance(whom, Group):
                message = "for more of a budget groups are asked that stand there"
                yield Diagnostic("SF502", message, program.label(whom), help='name a group: `ask "leads"`')
    if budget is None:
        message = "there is no budget here to have more of"
        yield Diagnostic("SF502", message, program.name_label(question.node, question.name), help="add a `budget`")
    elif limited(budget) <= {"time"} and budget.turns is None:
        message = "this budget has nothing but time, and its end is not put off"
        advice = "leave out `ask`, or limit something else"
        yield Diagnostic("SF502", message, program.label(budget), help=advice)


def _by_itself(program: Program, gate: Question) -> Iterator[Diagnostic]:
    """What is not called without people is not called because nobody answered."""
    for stage in gate.stages:
        if stage.outcome == "approve":
            message = f"{gate.words} never opens by a timeout"
            yield Diagnostic("SF502", message, program.label(stage), help="end this stage with `then reject`")


def _never_asked(program: Program, node: Question) -> Iterator[Diagnostic]:
    for position, stage in enumerate(node.stages[:-1]):
        if stage.outcome not in ("ask", None):
            message = f"this stage is never asked: the one before ends with `then {stage.outcome}`"
            before = (program.label(stage, "the stage before"),)
            later = node.stages[position + 1]
            yield Diagnostic("SF502", message, program.label(later), before, help="end the one before with `then ask`")
            return


def _answer(program: Program, node: AwaitApproval) -> Iterator[Diagnostic]:
    if node.answer is not None and not node.answer.fields:
        message = f"approval `{node.name}` asks for an answer without fields"
        yield Diagnostic("SF502", message, program.label(node.answer), help="leave `answer` out, or name its fields")
