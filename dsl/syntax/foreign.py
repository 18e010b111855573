"""What people bring from other languages: words, and the sign or number beside a unit, with what says the same here."""

from typing import NamedTuple

from dsl.regex import regex
from dsl.syntax.slips import LONGEST_NUMBER

_LOOP = "repeat with `loop NAME budget 10 iterations { … until … }`"
_FLOW = "declare a `flow`: `flow NAME(x: text) -> text { … }`"
_FILES = 'write `use "lib/name.flow"` at the beginning of the file'
_FAIL = 'write `fail { kind: "NotFound", message: "…" }`'
_HANDLE = "write `on error e { … }` behind the `try { … }`"
_PRINT = "a run says what it came to by `return`; a step keeps what is to be shown"
_JUMP = "a loop is left by `break` or `until`, a round by `continue`, a flow by `return`"
_SIDE = "what runs side by side stands in `parallel { … }`"
_PAUSE = "write `sleep 5m`, or `sleep until MOMENT`"
_LET = "write `let x = …`"
_STEP = "write `step x = tool(…)`"
_TYPE = "write `type Name { field: text }`"

STATEMENT_WORDS = {
    **dict.fromkeys(("while", "repeat", "do", "forever"), _LOOP),
    **dict.fromkeys(("foreach", "forEach", "each"), "write `for item in items { … }`"),
    **dict.fromkeys(("elif", "elsif", "elseif", "elsewhen"), "write `else if`"),
    **dict.fromkeys(("unless",), "write `if not (…) { … }`"),
    **dict.fromkeys(("then", "begin", "end", "endif", "done", "fi", "esac"), "a block stands in braces: `if c { … }`"),
    **dict.fromkeys(("def", "func", "function", "fun", "lambda", "sub", "proc", "method"), _FLOW),
    **dict.fromkeys(("import", "include", "require", "using", "load"), _FILES),
    **dict.fromkeys(("const", "val", "auto", "local", "my", "mut", "final", "define", "assign"), _LET),
    **dict.fromkeys(("switch", "select", "case", "when", "cond"), 'write `match x { "a" => { … } else => { … } }`'),
    **dict.fromkeys(("catch", "except", "rescue", "recover"), _HANDLE),
    **dict.fromkeys(("ensure", "defer", "always", "cleanup"), "write `try { … } finally { step close(…) }`"),
    **dict.fromkeys(("lock", "mutex", "synchronized", "critical", "semaphore"), "write `exclusive by key { … }`"),
    **dict.fromkeys(("throw", "raise", "panic", "abort", "die", "error"), _FAIL),
    **dict.fromkeys(("assert", "check", "expect"), 'write `if not (…) { fail "…" }`'),
    **dict.fromkeys(("call", "invoke", "run", "execute", "exec", "perform", "activity", "task"), _STEP),
    **dict.fromkeys(("goto", "jump", "go", "next", "redo"), _JUMP),
    **dict.fromkeys(("exit", "quit", "leave"), "leave a flow by `return` or `fail`, a loop by `break`"),
    **dict.fromkeys(("print", "println", "printf", "echo", "puts", "log", "console", "logger", "say"), _PRINT),
    **dict.fromkeys(("pass", "noop", "nop"), "leave it out: a block may be empty"),
    **dict.fromkeys(("every", "schedule", "cron"), "write `loop NAME budget 100 iterations every 1h { … }`"),
    **dict.fromkeys(("async", "spawn", "fork", "thread", "concurrently", "gather"), _SIDE),
    **dict.fromkeys(("wait", "delay", "pause"), _PAUSE),
    **dict.fromkeys(("approve", "ask", "confirm", "approval"), 'write `await approval NAME "…?" { from "GROUP" … }`'),
    **dict.fromkeys(("del", "delete", "global", "nonlocal"), "leave it out: a name ends with its block"),
    **dict.fromkeys(("undo", "rollback"), "what undoes a step is its `compensate`"),
    **dict.fromkeys(("with", "as"), "give it a name with `let x = …`"),
    **dict.fromkeys(("output", "result", "give"), "write `return …`"),
    **dict.fromkeys(("emit", "send", "signal", "publish"), "what goes out is a tool's work: `step tool(…)`"),
}
"""By the word that a statement seems to begin with."""

DECLARATION_WORDS = {
    **dict.fromkeys(("import", "include", "require", "using", "package", "namespace", "module", "from"), _FILES),
    **dict.fromkeys(("export", "public", "private", "static", "async"), "leave it out"),
    **dict.fromkeys(("def", "func", "function", "fun", "workflow", "process", "pipeline", "main", "proc"), _FLOW),
    **dict.fromkeys(
        ("class", "struct", "record", "interface", "object", "schema", "message", "typedef", "data"), _TYPE
    ),
    **dict.fromkeys(("enum",), 'write `type Name = "a" | "b"`'),
    **dict.fromkeys(("const", "let", "var", "val", "set"), "a value is given inside a `flow`, or as its input"),
    **dict.fromkeys(("activity", "function_tool", "action", "service"), "declare a `tool`: `tool NAME(x: text) read`"),
    **dict.fromkeys(("assistant", "bot", "llm"), "declare an `agent`"),
    **dict.fromkeys(("version", "language", "syntax"), "the file begins with `edition 1`"),
}

REPLACED = {
    **dict.fromkeys(("catch", "except", "rescue"), ("ON", "ERROR")),
    **dict.fromkeys(("elif", "elsif", "elseif"), ("ELSE", "IF")),
    **dict.fromkeys(("const", "val", "auto", "local", "final"), ("LET",)),
    **dict.fromkeys(("throw", "raise"), ("FAIL",)),
    **dict.fromkeys(("call", "invoke", "run", "execute"), ("STEP",)),
    **dict.fromkeys(("workflow", "def", "func", "function"), ("FLOW",)),
    **dict.fromkeys(("struct", "class", "interface"), ("TYPE",)),
    **dict.fromkeys(("activity",), ("TOOL",)),
}
"""How reading goes on, where that fits: as if the right words stood there."""

METHODS = {
    **dict.fromkeys(("lower", "toLowerCase", "casefold"), "lower({})"),
    **dict.fromkeys(("upper", "toUpperCase"), "upper({})"),
    **dict.fromkeys(("strip", "trim"), "trim({})"),
    **dict.fromkeys(("append", "push", "add", "concat", "extend"), "{} + [item]"),
    **dict.fromkeys(("length", "size", "len", "count"), "len({})"),
    **dict.fromkeys(("contains", "includes", "has", "has_key"), "item in {}"),
    **dict.fromkeys(("startswith", "startsWith", "starts_with"), 'starts_with({}, "…")'),
    **dict.fromkeys(("endswith", "endsWith", "ends_with"), 'ends_with({}, "…")'),
    **dict.fromkeys(("split",), 'split({}, ",")'),
    **dict.fromkeys(("join",), 'join({}, ", ")'),
    **dict.fromkeys(("replace", "replaceAll"), 'replace({}, "old", "new")'),
    **dict.fromkeys(("map",), "[f(x) for x in {}]"),
    **dict.fromkeys(("filter",), "[x for x in {} if …]"),
    **dict.fromkeys(("keys",), "keys({})"),
    **dict.fromkeys(("values", "items", "entries"), "values({})"),
    **dict.fromkeys(("get",), "{}[key]"),
    **dict.fromkeys(("sort", "sorted"), "sort({})"),
    **dict.fromkeys(("reverse", "reversed"), "reverse({})"),
    **dict.fromkeys(("toString", "to_s", "str"), "text({})"),
    **dict.fromkeys(("format",), '"… {{{{ x }}}} …"'),
    **dict.fromkeys(("sum", "min", "max", "first", "last"), "{{method}}({})"),
    **dict.fromkeys(("slice", "substring", "substr"), "{}[0:5]"),
}
"""What is a method elsewhere; `{}` is what it is called on."""


def method(name: str, subject: str) -> str | None:
    """The expression that says `subject.name(…)` here."""
    shape = METHODS.get(name)
    return None if shape is None else shape.format(subject).replace("{method}", name)


class Unit(NamedTuple):
    """What a number and a unit in words were probably meant as, token by token."""

    message: str
    advice: str
    tokens: tuple[tuple[str, str], ...]
    replacement: str | None


_TIMES = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds", "millis"), "ms"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "week", "weeks"), "w"),
}
_LONG_TIMES = {"month": 30, "months": 30, "year": 365, "years": 365}
_DOLLARS = ("dollar", "dollars", "USD", "Usd", "US")
_MONEY = (
    "eur",
    "EUR",
    "euro",
    "euros",
    "Euro",
    "gbp",
    "GBP",
    "pound",
    "pounds",
    "chf",
    "CHF",
    "cent",
    "cents",
    "yen",
    "jpy",
)
_WORDS = frozenset((*_TIMES, *_LONG_TIMES, *_DOLLARS, *_MONEY))
_NUMBER_AND_WORD = regex(r"([0-9]+(?:\.[0-9]+)?)(k|M)?[ \t]*([A-Za-z]+)\b(?![ \t]*[:(=.])(?!\.)")
SIGNS = "$€£¥"
WITH_SIGN = regex(rf"[{SIGNS}][ \t]*([0-9]+(?:\.[0-9]+)?)(k|M)?\b(?:[ \t]*(?:usd|USD)\b)?")


def number_with_unit(text: str, at: int) -> tuple[str, str, str | None, str] | None:
    """What stands at `at`, if it is a number with a unit in words: whole, number, `k` or `M`, unit."""
    found = _NUMBER_AND_WORD.match(text, at)
    if found is None:
        return None
    number, scale, word = found.groups()
    if scale and word not in _WORDS and found.end(2) == found.start(3):
        word, scale = scale + word, None
    return (found[0], number, scale, word) if word in _WORDS else None


def with_unit(written: str, number: str, scale: str | None, unit: str) -> Unit | None:
    """`24 hours`, `2 weeks`, `1 eur`; None for what is written as it is here."""
    if len(number) > LONGEST_NUMBER:
        return None
    amount = number + (scale or "")
    if unit in _TIMES and "." not in number and not scale:
        meant = f"{number}{_TIMES[unit]}"
        if written == meant:
            return None
        return Unit(f"`{written}` is no duration", f"write `{meant}`", (("DURATION", meant),), meant)
    if unit in _TIMES:
        advice = "a duration is whole numbers with their units, such as `1h30m`"
        return Unit(f"`{written}` is no duration", advice, (("DURATION", "1h"),), None)
    if unit in _LONG_TIMES:
        days = f"{int(float(number) * _LONG_TIMES[unit])}d"
        advice = f"months and years have no length of their own: write `{days}`"
        return Unit(f"`{written}` is no duration", advice, (("DURATION", days),), None)
    money = (("NUMBER" if "." in number else "SCALED" if scale else "INT", amount), ("USD", "usd"))
    if unit in _DOLLARS:
        return Unit("money is written `1 usd`", f"write `{amount} usd`", money, f"{amount} usd")
    return Unit("only `usd` is known", f"write what it is in dollars: `{amount} usd`", money, None)
