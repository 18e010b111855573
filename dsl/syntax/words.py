"""Groups of terminals that recovery and wording both need."""

DECLARATIONS = frozenset({"TYPE", "TOOL", "TOOLS", "AGENT", "FLOW", "FN", "CONFIG"})
STATEMENTS = frozenset(
    {"STEP", "LET", "VAR", "SET", "IF", "FOR", "PARALLEL", "BRANCH", "RACE", "LOOP", "BUDGET", "AWAIT", "SLEEP", "TRY"}
    | {"FAIL", "RETURN", "YIELD", "UNTIL", "BREAK", "CONTINUE", "MATCH", "COMMIT", "COMPENSATE", "EXCLUSIVE", "RESPOND"}
)
OPTIONS = frozenset(
    {"TIMEOUT", "RETRY", "HEARTBEAT", "PATIENCE", "QUEUE", "ERRORS", "KEY", "VERIFY"}
    | {"MODEL", "INSTRUCTIONS", "PROMPT", "TEMPERATURE", "REASONING", "SEED", "USE", "STUCK", "TELL"}
    | {"SHOW", "ANSWER", "REMIND", "FROM", "SEES", "KEEPS"}
)
NEVER_NAMES = frozenset({"IF", "THEN", "ELSE", "AND", "OR", "NOT", "IN", "TRUE", "FALSE", "NULL", "FOR"})
"""Words that are never read as a plain name, except after a dot and before a colon."""

NUMBERS = frozenset({"INT", "SCALED", "NUMBER"})
AMOUNTS = NUMBERS | {"DURATION"}
TEXTS = frozenset({"STRING", "TEXT_START"})
VALUES = AMOUNTS | TEXTS | {"NAME", "TRUE", "FALSE", "NULL", "LPAR", "LSQB", "LBRACE", "IF", "NOT", "MINUS"}
TYPES = frozenset({"NAME", "STRING", "LPAR", "LSQB", "LBRACE"})
AFTER_A_NAME = frozenset({"DOT", "COMMA", "RPAR", "RSQB", "RBRACE", "EQUAL", "COMPARISON", "_INTERPOLATION_END"})
CLOSERS = {"RPAR": ")", "RSQB": "]", "RBRACE": "}"}
OPENERS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
