"""What to do about words that agents are described with elsewhere."""

from collections.abc import Callable

from dsl.syntax.mistake import Hint, Mistake

_USE = "write `use web.search, orders.find`"
_TURNS = "write it into its budget: `budget 12 turns`"
_INSTRUCTIONS = 'write `instructions "…"`'

OPTIONS = {
    **dict.fromkeys(("tools", "functions", "toolset", "skills", "agents", "handoffs", "subagents", "plugins"), _USE),
    **dict.fromkeys(("max_turns", "max_steps", "max_iterations", "turns", "iterations", "steps", "max_calls"), _TURNS),
    **dict.fromkeys(("system", "system_prompt", "role", "goal", "backstory", "persona"), _INSTRUCTIONS),
    **dict.fromkeys(("max_tokens", "max_output_tokens", "limit"), "write `answer at most 2k tokens`"),
    **dict.fromkeys(("output", "output_type", "response_format", "returns", "schema"), "its answer stands behind `->`"),
    **dict.fromkeys(("parallel", "parallel_tool_calls", "sequential"), "write `up to 4`, or `one at a time`"),
    **dict.fromkeys(("llm", "models"), 'write `model "gpt-4o" then "gpt-4o-mini"`'),
}
"""By the word that an option of an agent seems to begin with."""


def _in_agent(mistake: Mistake) -> bool:
    """Whether an option of an agent could begin here."""
    return "STUCK" in mistake.expected


def _option(mistake: Mistake) -> Hint | None:
    text = mistake.token.text
    if not _in_agent(mistake) or text not in OPTIONS:
        return None
    return Hint(OPTIONS[text], None, f"an agent has no `{text}`", "SF008")


def _list_of_uses(mistake: Mistake) -> Hint | None:
    if mistake.token.kind != "LSQB" or not mistake.before or mistake.before[-1].kind != "USE":
        return None
    return Hint("write them one after the other: `use web.search, orders.find`", None, "`use` takes names, and no list")


def _condition(mistake: Mistake) -> Hint | None:
    """`use a if …`, and `use a with approval …`."""
    if not _in_agent(mistake) or "AFTER" not in mistake.expected:
        return None
    if mistake.token.kind == "IF":
        advice = "write `when …` over the parameters of the agent, or `only if … else …` over those of a call"
        return Hint(advice, None, "`if` does not stand alone here")
    if mistake.after and mistake.after[0].kind == "APPROVAL" and mistake.token.kind in ("NAME", "WITH"):
        return Hint("write `after approval from …`", "after", f"`{mistake.token.text}` means nothing here", "SF008")
    return None


def _only(mistake: Mistake) -> Hint | None:
    if not mistake.before or mistake.before[-1].kind != "ONLY" or mistake.expected != {"IF"}:
        return None
    fix = "if" if mistake.token.kind == "WHEN" else None
    return Hint("write `only if … else …`", fix, "`only` goes on with `if`")


AGENT_HINTS: tuple[Callable[[Mistake], Hint | None], ...] = (_option, _list_of_uses, _condition, _only)
