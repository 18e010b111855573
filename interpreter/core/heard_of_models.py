"""What servers say of models that was not known: remembered for the rest of a run, and told on to the runs that it
starts and to its parent, so that one tree of runs pays for each once.

A worker remembers none of it: what a run asks must follow from its history, and be the same on every worker. Runs that
start at the same time may each hear the same.
"""

from interpreter.boundary.payloads import ChildReport, HeardOfModels
from interpreter.core.state import State


def refuses(state: State, model: str, parts: list[str]) -> None:
    state.refuses[model] = sorted({*state.refuses.get(model, []), *parts})
    _remember(state, model)


def answers_at_most(state: State, model: str, tokens: int) -> None:
    state.max_output[model] = min(tokens, state.max_output.get(model, tokens))
    _remember(state, model)


def so_far(state: State) -> HeardOfModels | None:
    if not state.heard:
        return None
    refused = {model: list(state.refuses[model]) for model in state.heard if model in state.refuses}
    return HeardOfModels(
        refused, {model: state.max_output[model] for model in state.heard if model in state.max_output}
    )


def take_over(state: State, report: ChildReport) -> None:
    """What a run below has heard, whatever its end."""
    for heard in (report.heard, report.result.heard if report.result is not None else None):
        if heard is not None:
            for model, parts in heard.refuses.items():
                refuses(state, model, parts)
            for model, tokens in heard.max_output.items():
                answers_at_most(state, model, tokens)


def _remember(state: State, model: str) -> None:
    if model not in state.heard:
        state.heard.append(model)
