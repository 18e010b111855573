"""What agents are described with elsewhere is answered by what says the same here, in one message."""

import pytest

from dsl.source import Source
from dsl.syntax.parse import parse

AGENT = """edition 1
tool find(q: text) -> text read
agent helper(q: text) -> text {{
  model "gpt-4o"
  prompt "{{{{ q }}}}"
  {line}
  budget 3 turns
}}
"""
LINES = {
    "tools: [find]": "write `use web.search, orders.find`",
    "handoffs [find]": "write `use web.search, orders.find`",
    "max_turns 5": "write it into its budget: `budget 12 turns`",
    'system "be kind"': 'write `instructions "…"`',
    "max_tokens 500": "write `answer at most 2k tokens`",
    "use [find]": "write them one after the other: `use web.search, orders.find`",
    'use find if q == "a"': "write `when …` over the parameters of the agent",
    'use find with approval from "x" timeout 1h then reject': "write `after approval from …`",
    'use find only when q == "a" else "b"': "write `only if … else …`",
    'use find only if q == "a"': 'add `else "what to do instead"`',
    "one at the time": "write `one at a time`",
    "up to 0": "write how many calls may run at once, from 1",
    "stuck after 1 identical calls": "write at which identical call it ends, from 2",
}


@pytest.mark.parametrize("line", LINES)
def test_one_message_says_what_to_write(line: str) -> None:
    (found,) = parse(Source("case.flow", AGENT.format(line=line))).diagnostics
    assert found.help is not None
    assert LINES[line] in found.help
