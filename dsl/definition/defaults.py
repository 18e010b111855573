"""What a definition says when its text does not: written into it when it is sealed, so that other defaults in a later
version change no run that is under way, and no hash by themselves."""

from dsl.ast.declarations import AgentDeclaration, ToolDeclaration, Verify
from dsl.ast.defaults import (
    EQUAL_CALLS,
    FIRST_BACKOFF,
    HEARTBEAT,
    LONGEST_BACKOFF,
    LONGEST_PROVIDER_WAIT,
    QUICK_TIMEOUT,
    TIMEOUT,
)
from dsl.ast.statements import Retry
from dsl.dataclass import replace


def complete_tool(tool: ToolDeclaration) -> ToolDeclaration:
    """The same tool with nothing left open, except `retry`: without it, what is tried again depends on the failure; and
    `patience`, which then is the time that the flow has."""
    timeout = tool.timeout if tool.timeout is not None else QUICK_TIMEOUT if tool.effect.quick else TIMEOUT
    return replace(
        tool,
        timeout=timeout,
        verify=_complete_verify(tool.verify, timeout),
        heartbeat=HEARTBEAT if tool.heartbeat is None and tool.queue is None else tool.heartbeat,
        errors=tuple(sorted(tool.errors)),
    )


def _complete_verify(verify: Verify | None, timeout: int) -> Verify | None:
    """A tool that outlives its timeout is given the same time once more to end."""
    asks = verify is not None and verify.call is not None and verify.after is None
    return replace(verify, after=timeout) if verify is not None and asks else verify


def complete_agent(agent: AgentDeclaration) -> AgentDeclaration:
    """Without `retry`, what is tried again depends on the failure."""
    return replace(
        agent,
        patience=LONGEST_PROVIDER_WAIT if agent.patience is None else agent.patience,
        repeats=EQUAL_CALLS if agent.uses and agent.repeats is None else agent.repeats,
        retry=None if agent.retry is None else complete_retry(agent.retry),
    )


def complete_retry(retry: Retry) -> Retry:
    """The same with its waits; which errors it leaves out is a set, so their order does not count."""
    first = FIRST_BACKOFF if retry.backoff_initial is None else retry.backoff_initial
    longest = max(first, LONGEST_BACKOFF) if retry.backoff_maximum is None else retry.backoff_maximum
    return replace(retry, backoff_initial=first, backoff_maximum=longest, exceptions=tuple(sorted(retry.exceptions)))
