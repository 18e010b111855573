"""Programs of which most are refused: tests of what may be null, and uses that need a value."""

import random

from tests.typed.programs import OPTIONAL, head

_LITERALS = {"int": "1", "text": '"a"', "bool": "true", '"a" | "b"': '"a"'}
_USES = {
    "oi": ["(oi + 1)", "min(i, oi)", "max(n, oi)", "sum([oi])", "xs[0 * oi]", "(oi < 3)", "round(oi)"],
    "ot": ['(ot + "x")', "contains(t, ot)", "contains(ot, t)", "lower(ot)", "len(ot)", "split(ot, t)", "(t in ot)"],
    "of": ["(if of then 1 else 2)", "(not of)", "(f and of)"],
    "ok": ['(ok + "x")', "upper(ok)"],
    "orr": ["orr.b", "(orr?.b + 1)", "{ ...orr }.a", "(if f then orr else r).a"],
    "ou": ["ou.kind", "(ou.v + 1)", "(ou?.w + 1)", "(if f then ou else u).v"],
}
_ODD = [
    "{ ...m }.k",
    '({ ...m }["k"] + t)',
    "(sum(ds) + 1s)",
    "(if f then r else { a: 1 }).b",
    "[r, { a: 1 }][1].n",
    'min(1, "a")',
    'contains("abc", 5)',
    "max([])",
    "(null?.a + 1)",
    "first(xs)",
    "(first(xs) + 1)",
    "(u.v + d)",
    "values(r)",
    "u.w",
    "(u.w + 1)",
    "[x.b for x in [r, { a: 2 }]]",
    "len(1)",
    "(d + n)",
    "zip(xs, ns)[0].left",
    "first(values(merge(m, { [t]: d })))",
    "(sum(values({ [t]: d, ...m })) + d)",
    "(sum(values({ ...m, [t]: n })) + n)",
    "sum([e.value for e in entries({ [t]: i, b: n })])",
    "sum(flatten(chunk(xs, 2)))",
    "[e.index + e.item for e in enumerate(ns)]",
    "map_of([{ key: x.c, value: 1 } for x in [r]])",
    "map_of([{ key: t, value: x } for x in [r, { a: 1 }]])",
    "[x.b for x in values({ [t]: r, k: { a: 1 } })]",
    '[x.b for g in values(group([{ of: t, b: d }, { of: t, b: 1 }], "of")) for x in g]',
    'values(group([{ of: t, b: d }, { of: t, b: 1 }], "of"))[0][0].b',
    'group([r], "c")',
    "entries(r)",
    "merge(m, ot)",
    '(position(t, "a") + 1)',
    "position(ot, t)",
    "{ [ot]: 1 }",
    "{ [t]: oi, ...m }",
    "pad_start(ot, 3)",
    "calendar(now()).week",
    "sha256(base64(url_encode(ot)))",
]


def wild(seed: int) -> str:
    chance = random.Random(seed)
    condition = _condition(chance, 2)
    name = chance.choice(list(OPTIONAL))
    uses = [chance.choice(_USES[chance.choice([name, *OPTIONAL])]), chance.choice(_USES[name]), chance.choice(_ODD)]
    inside, after = chance.choice(uses), chance.choice(uses)
    match chance.randrange(9):
        case 0:
            body = f"let h = {condition} if h {{ return text({inside}) }} return text({after})"
        case 1:
            body = f"let y = if {condition} then {inside} else {after} return text(y)"
        case 2:
            use = _USES[name][0].replace(name, "y", 1)
            body = f"var y = {name} let h = y != null set y = null if h {{ return text({use}) }} return t"
        case 3:
            body = f'return text([{inside} for z in xs if {condition}]) + "{{{{ {after} }}}}"'
        case 4 | 5:
            body = _match(chance, name, inside, after)
        case 6:
            body = f"if {condition} as y {{ yield {inside} }} else {{ yield {after} }} return text(y)"
        case _:
            body = f"if {condition} {{ return text({inside}) }} return text({after})"
    return f"{head('text')}{{ {body} }}"


def _match(chance: random.Random, name: str, inside: str, after: str) -> str:
    """One that may leave something out, or have a case too much."""
    literal = _LITERALS.get(OPTIONAL[name])
    subject, cases = (name, ["null", literal or "null"]) if name != "ou" else ("ou?.kind", ["null", '"x"', '"y"'])
    cases = list(dict.fromkeys(cases + (['"b"'] if name == "ok" else []) + (["false"] if name == "of" else [])))
    chance.shuffle(cases)
    written = [f"{case} => {{ return text({chance.choice([inside, after, '1'])}) }}" for case in cases]
    written += [f"else => {{ return text({chance.choice([inside, after])}) }}"] * (chance.random() < 0.5)
    return f"match {subject} {{ {' '.join(written)} }}" + ' return "end"' * (chance.random() < 0.2)


def _condition(chance: random.Random, depth: int) -> str:
    if depth and chance.random() < 0.4:
        word = chance.choice(["and", "or"])
        return f"({_condition(chance, depth - 1)} {word} {_condition(chance, depth - 1)})"
    if depth and chance.random() < 0.2:
        return f"(not {_condition(chance, depth - 1)})"
    name = chance.choice(list(OPTIONAL))
    literal = _LITERALS.get(OPTIONAL[name])
    tests = [f"{name} == null", f"{name} != null"]
    if literal is not None:
        tests += [f"{name} {word} {literal}" for word in ("==", "!=")]
    if OPTIONAL[name] in ("text", '"a" | "b"'):
        tests += [f'{name} {word} ["a"]' for word in ("in", "not in")]
    if name == "of":
        tests += ["of == false", "of != true"]
    if name == "ou":
        tests += [f'ou?.kind {word} "{kind}"' for word in ("==", "!=") for kind in "xy"] + ["ou?.w != null"]
    if name == "orr":
        tests += ["orr?.b == 2", "orr?.c != null", "orr?.b != 2"]
    return f"({chance.choice(tests)})"
