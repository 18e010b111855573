"""The one list of diagnostic codes: each has one meaning for ever, and a page in `explanations/`.

SF0 the text, SF1 names, SF2 types, SF3 bounds, SF4 effects, SF5 approvals, SF6 flow of control, SF9 not yet.
"""

CODES: dict[str, str] = {
    "SF001": "syntax error",
    "SF002": "missing or unknown edition",
    "SF003": "file cannot be read",
    "SF004": "duration and quantity mixed up",
    "SF101": "unknown name",
    "SF102": "name defined twice",
    "SF103": "name used where it may have no value",
    "SF104": "unknown argument, or argument missing",
    "SF105": "unknown field",
    "SF106": "no main flow, or more than one",
    "SF107": "name of the wrong kind",
    "SF108": "error kind that something else has",
    "SF201": "type mismatch",
    "SF202": "optional value used without a check",
    "SF203": "invalid type or constraint",
    "SF301": "loop without a budget",
    "SF302": "wait without a timeout",
    "SF303": "list without a largest size",
    "SF304": "recursion without a depth",
    "SF305": "budget that cannot hold",
    "SF401": "write without an undo or a reason",
    "SF402": "outcome that cannot be settled",
    "SF403": "undo that is not a tool that can undo",
    "SF404": "agent that cannot be asked",
    "SF501": "irreversible call without an approval of exactly this call",
    "SF502": "approval that cannot be answered",
    "SF601": "unreachable statement",
    "SF602": "var of an outer block set inside parallel",
    "SF603": "result never used",
    "SF604": "statement that may not stand here",
    "SF605": "not every path returns a value",
    "SF901": "construct that this version does not run yet",
}
