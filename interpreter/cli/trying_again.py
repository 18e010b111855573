"""How often a call of a tool is tried, and when again, in words: what is declared, and what holds where nothing is."""

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.defaults import RETRIES, TIMEOUT
from dsl.ast.duration import format_duration
from dsl.ast.statements import Retry
from interpreter.core.policies import backoff, may_repeat


def tries_text(tool: ToolDeclaration) -> str:
    """`30s at most for each attempt; No is not tried again; any other failure is tried again, …`."""
    attempt = f"{format_duration(tool.timeout if tool.timeout is not None else TIMEOUT)} at most for each attempt"
    return "; ".join([attempt, *_rules(tool)])


def _rules(tool: ToolDeclaration) -> list[str]:
    repeatable, retry = may_repeat(tool, None), tool.retry
    declared = [error for error in tool.errors if retry is None or error not in retry.exceptions]
    if retry is None:
        rules = [f"{_listed(declared)} is not tried again"] if declared else []
        other = "any other failure" if declared else "a failure"
    else:
        never = [kind for kind in retry.exceptions if repeatable or kind in tool.errors]
        rules = [f"{_listed(never)} is not tried again"] if never else []
        other = "any other failure" if never else "a failure"
    if retry is not None and not retry.times:
        return ["nothing is tried again"]
    if repeatable:
        return [*rules, f"{other} is tried again, {_times(retry)}"]
    if retry is not None and declared:
        rules.append(f"{_listed(declared)} is tried again, {_times(retry)}")
    return [*rules, "what may have happened is not tried again"]


def _times(retry: Retry | None) -> str:
    """`at most 2 times, after 1s, 2s`; more pauses than three are told by the first and the longest."""
    times = retry.times if retry is not None else RETRIES
    pauses = [format_duration(backoff(retry, attempt)) for attempt in range(1, times + 1)]
    said = ", ".join(pauses) if len(pauses) <= 3 else f"{pauses[0]}, {pauses[1]} and so on up to {pauses[-1]}"
    return f"at most {times} time{'s' if times != 1 else ''}, after {said}"


def _listed(kinds: list[str] | tuple[str, ...]) -> str:
    return ", ".join(kinds)
