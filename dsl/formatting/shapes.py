"""The one table: how what each rule of the grammar has read is laid out when it does not fit on a line.

On one line everything is words with spaces between them (`spacing.py`), so only this is to be said of a rule. A test
names the rules that have no row.
"""

from enum import Enum, auto


class Shape(Enum):
    MODULE = auto()
    """Declarations, each on lines of its own, with a blank line between."""
    BODY = auto()
    """`{ … }` with a statement, an option or a case on each line."""
    ITEMS = auto()
    """Brackets with an item on each line, each with a comma behind it."""
    FIELDS = auto()
    """Braces with a field on each line, without commas."""
    WORDS = auto()
    """One after the other; what is in it may be broken."""
    FILLED = auto()
    """Words that go on in the next line after a comma, or before a clause."""
    ASSIGNED = auto()
    """Words up to `=`; what follows goes to the next line if it would have to be broken at an operator."""
    OPERATION = auto()
    """A line for each operand, its operator in front."""
    CONDITIONAL = auto()
    """Lines for `if`, `then` and `else`."""
    COMPREHENSION = auto()
    """Lines for what is made, `for` and `if`."""
    GROUPED = auto()
    """`(`, what is in it, and `)`, on lines of their own."""
    HEAD = auto()
    """The head of a flow: its options on lines of their own, and so the `{`."""
    TEXT = auto()
    """As it is written."""
    DOC = auto()
    """Comments on lines of their own."""


def _rows(shape: Shape, rules: str) -> dict[str, Shape]:
    return dict.fromkeys(rules.split(), shape)


SHAPES: dict[str, Shape] = {
    "module": Shape.MODULE,
    "doc": Shape.DOC,
    "template": Shape.TEXT,
    "flow_declaration": Shape.HEAD,
    "binary": Shape.OPERATION,
    "not_in": Shape.OPERATION,
    "union_type": Shape.OPERATION,
    "conditional": Shape.CONDITIONAL,
    "comprehension": Shape.COMPREHENSION,
    "record_type": Shape.FIELDS,
    **_rows(
        Shape.GROUPED,
        """
        atom type_atom
        """,
    ),
    **_rows(
        Shape.ASSIGNED,
        """
        config_declaration constant_declaration function_declaration let set type_declaration var
        """,
    ),
    **_rows(
        Shape.ITEMS,
        """
        call function_call list_literal parameters record_literal reshaped
        """,
    ),
    **_rows(
        Shape.BODY,
        """
        agent_declaration approval_branch await_approval await_first block branches http match
        step_body tool_body tools_declaration
        """,
    ),
    **_rows(
        Shape.FILLED,
        """
        agent_use asks_for_more auth_names budget case errors gate keeps kinds model more_on_exhausted names retry
        sees show stage
        """,
    ),
    # Declarations, and what they consist of
    **_rows(
        Shape.WORDS,
        """
        agent_budget answer_limit answer_time at_least at_most at_once batch body bound bounded_type capped_count
        capped_length capped_limit capped_required chosen_limit class
        compensate compensate_block compensate_none conversation_type costs count depth duration edition
        effect error_text exclusive field flow_budget generic_type heartbeat http_header http_status
        instructions items keep_last key limit list_of_conversations list_type literal_type matches
        most_messages named_type next_page one_at_a_time only optional_type patience prompt
        qualified_name quantity query queue reasoning repeats requires_approval seed sensitive served
        served_resource served_tool side_by_side summarise tells_budget temperature timeout
        tool_declaration trusted type_from unit use_file used verify verify_none
        """,
    ),
    # Statements, and what they consist of
    **_rows(
        Shape.WORDS,
        """
        after_branch answer arm await_event bare_return branch break budget_block chosen_group commit
        compensate_statement continue detached else_case emit event_branch every except_requester expected_event
        exclusive_block fail
        finally finish_rest first for go_on group handler if keep_going loop name_pattern negative_pattern on_exhausted
        outcome parallel parallel_for pattern person race race_for remind required respond return
        sleep step_branch until_branch
        sleep_until step stop_when try until var_type verified without_approval yield
        """,
    ),
    # Expressions
    **_rows(
        Shape.WORDS,
        """
        argument computed_entry duration_literal entry get get_optional index interpolation literal name
        otherwise slice spread unary
        """,
    ),
}

CLAUSES = frozenset({"gate", "only"})
"""What always begins a line, in words that are filled."""
FLOW_OPTIONS = frozenset({"asks_for_more", "depth", "flow_budget", "requires_approval", "sees"})
HUGGED = frozenset({"argument", "entry", "otherwise", "spread"})
"""What ends with a bracket when its last part does."""
