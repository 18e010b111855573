"""SF405 and SF406: models that are not known, and what they do not take.

Both are warnings: a model that nothing knows may be there all the same, and what a model does not take is not sent.
"""

from collections.abc import Iterator
from typing import Any

from dsl.ast.declarations import AgentDeclaration, TypeDeclaration
from dsl.ast.statements import Budget
from dsl.ast.types import RecordType, Type
from dsl.checks.program import Program, nearest
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.models.beside import NAME
from dsl.models.strict import beyond, odd_patterns
from dsl.semantics.findings import InvalidType
from dsl.values.schema import json_schema

SENT_AS = {"reasoning": "reasoning_effort"}
"""An option of an agent by the name that it has in a request."""


def check_refused(program: Program) -> Iterator[Diagnostic]:
    for agent in program.facts.all(AgentDeclaration):
        for model in dict.fromkeys(agent.models):
            yield from _not_taken(program, agent, model)
        yield from _not_held(program, agent)
        yield from _calls_not_held(program, agent)


def check_known(program: Program) -> Iterator[Diagnostic]:
    money = any(budget.usd is not None for budget in program.facts.all(Budget))
    for agent in program.facts.all(AgentDeclaration):
        for model in dict.fromkeys(agent.models):
            if not program.models.is_known(model):
                yield _unknown(program, agent, model, money=money)
            elif money and not program.models.has_price(model):
                message = f'the price of the model "{model}" is not known, and a budget in usd needs it'
                yield _warning("SF406", program, agent, model, message, _how(model, "input = …, output = …"))


def _not_taken(program: Program, agent: AgentDeclaration, model: str) -> Iterator[Diagnostic]:
    refused = program.models.refused_by(model)
    said = {"temperature": agent.temperature, "seed": agent.seed, "reasoning": agent.reasoning}
    for option, value in said.items():
        if value is not None and SENT_AS.get(option, option) in refused:
            message = f'the model "{model}" does not take `{option}`, so it is not sent'
            yield _warning("SF405", program, agent, model, message, f"leave `{option}` out, or use another model")
    most = program.models.most_output(model)
    if most is not None and agent.answer_tokens is not None and agent.answer_tokens > most:
        message = f'the model "{model}" answers with {most:,} tokens at most, and {agent.answer_tokens:,} are allowed'
        advice = f"write `answer at most {most} tokens`, or leave it out"
        yield _warning("SF405", program, agent, model, message, advice)
    if agent.uses and "tools" in refused:
        message = f'the model "{model}" takes no tools, so it is told of them in words'
        advice = "expect calls that cannot be read and are asked for again, or use another model"
        yield _warning("SF405", program, agent, model, message, advice)
    if "json_schema" in refused:
        message = f'the model "{model}" takes no schema of its answer, so it is told it in words'
        advice = "expect answers that do not fit and are asked for again, or use another model"
        yield _warning("SF405", program, agent, model, message, advice)


def _not_held(program: Program, agent: AgentDeclaration) -> Iterator[Diagnostic]:
    schema = _schema(program, agent.returns)
    reason = beyond(schema)
    if reason is not None:
        message = f"no model can be held to the answer of `{agent.name}`: {reason}; models are told it in words"
        yield _on_agent(program, agent, message, "make it smaller or flatter, or let several agents answer")
        return
    for pattern in dict.fromkeys(odd_patterns(schema)):
        written = pattern.removeprefix("^(?:").removesuffix(")$")
        message = f'no model can be held to the pattern "{written}" in the answer of `{agent.name}`'
        yield _on_agent(program, agent, message, 'write it without flags: "[Aa]b" for "(?i)ab"')


def _calls_not_held(program: Program, agent: AgentDeclaration) -> Iterator[Diagnostic]:
    """A call is asked for again like an answer that does not fit."""
    for use in agent.uses:
        signature = program.facts.callee_of(use)
        if signature is not None:
            reason = beyond(_schema(program, RecordType(signature.node.parameters)))
            if reason is not None:
                message = f"no model can be held to the parameters of `{use.target}`: {reason}"
                primary = program.name_label(use, use.target)
                advice = "make them fewer or flatter, or let the model answer in several calls"
                yield Diagnostic("SF405", message, primary, help=advice, severity="warning")


def _schema(program: Program, type_: Type) -> dict[str, Any]:
    if next(program.facts.found(InvalidType), None) is not None:
        return {}
    types = {each.name: each.type for each in program.facts.all(TypeDeclaration)}
    return json_schema(type_, types, for_model=True)


def _unknown(program: Program, agent: AgentDeclaration, model: str, *, money: bool) -> Diagnostic:
    close = nearest(model, program.models.names)
    message = f'nothing is known of the model "{model}"'
    if money:
        message += ", and a budget in usd needs its price"
    advice = f'did you mean "{close}"?' if close else _how(model, "input = …, output = …, answer = …")
    return _warning("SF406", program, agent, model, message, advice)


def _how(model: str, settings: str) -> str:
    return f'say it in {NAME}: [models."{model}"] with {settings}'


def _warning(code: str, program: Program, agent: AgentDeclaration, model: str, message: str, advice: str) -> Diagnostic:
    return Diagnostic(code, message, program.name_label(agent, f'"{model}"'), help=advice, severity="warning")


def _on_agent(program: Program, agent: AgentDeclaration, message: str, advice: str) -> Diagnostic:
    return Diagnostic("SF405", message, program.name_label(agent, agent.name), help=advice, severity="warning")
