"""Random flows around a field that is sensitive, with sides that see it and sides that do not."""

import random

HEAD = """edition 1
type Item { open: text, secret: text sensitive "s" }
type Rec { open: text, secret: text sensitive "s", items: [Item] at most 3 }
tool high.read(q: text) -> Rec read { sees "s" }
tool high.work(q: text) -> text write keyed final { sees "s" }
tool high.keep(q: text) -> text write keyed final { keeps "s" }
tool high.check(q: text) -> text read { sees "s" errors Bad }
tool low.send(q: text) -> text write keyed final
agent plain(q: text) -> text { model "m" prompt "{{ q }}" }
agent seeing(q: text) -> text { model "m" prompt "{{ q }}" sees "s" }
agent plain_hand(q: text) -> text {
  model "m" prompt "{{ q }}"
  use low.send use high.keep use low.undo use low.gated after approval from "leads" timeout 1h then reject
  budget 4 turns
}
agent seeing_hand(q: text) -> text { model "m" prompt "{{ q }}" use high.read use high.work sees "s" budget 4 turns }
tool low.undo(q: text) -> text write keyed { compensate low.back(q: q) }
tool low.back(q: text) -> text write keyed final
tool low.gated(q: text) -> text irreversible keyed final
fn dig(r: Rec) -> text = if r.secret == "a" then r.items[0].secret else r.open
fn pick(r: Rec) -> text = "{{ r.open }}{{ len(r.items) }}"
"""
CALLED = ("high.work", "high.keep", "high.check", "low.send", "low.send", "plain", "seeing", "inner")
MORE_CALLED = (*CALLED, "low.undo", "plain_hand", "seeing_hand")
NESTED = ("choice", "match", "rounds", "race", "race for", "event", "first")
MORE_NESTED = (*NESTED, "branches", "fan", "asked", "asked", "locked")
DEEPEST = 3


class _Maker:
    def __init__(self, seed: int, nested: tuple[str, ...]) -> None:
        self.kinds = nested
        self.chance = random.Random(seed)
        self.owed = random.Random(-seed)
        self.made = self.choosing = self.racing = 0

    def flow(self, name: str, called: tuple[str, ...]) -> str:
        self.called = called
        body, texts, records = self.block(["q"], [], 0, 6)
        result = f"{{ open: {self.text(texts, records)}, secret: {self.text(texts, records)} }}"
        head = f'flow {name}(q: text) -> {{ open: text, secret: text sensitive "s" }} budget 1M tokens, 5k calls'
        return f"{head} {{ {body} return {result} }}\n"

    def name(self) -> str:
        self.made += 1
        return f"n{self.made}"

    def block(self, texts: list[str], records: list[str], depth: int, most: int) -> tuple[str, list[str], list[str]]:
        texts, records = list(texts), list(records)
        parts = [self.statement(texts, records, depth) for _ in range(self.chance.randint(1, most))]
        return " ".join(parts), texts, records

    def statement(self, texts: list[str], records: list[str], depth: int) -> str:
        kind = self.chance.choice(
            ("call", "call", "call", "read", "let", "var", "if", "if", "for", "try", "leave", "set", *self.kinds)
        )
        if depth >= DEEPEST and kind in ("if", "for", "try", *self.kinds):
            kind = "call"
        if kind in self.kinds:
            return self.nested(kind, texts, records, depth)
        match kind:
            case "read":
                records.append(self.name())
                return f"step {records[-1]} = high.read(q: {self.text(texts, records[:-1])})"
            case "let" | "var":
                value, name = self.text(texts, records), self.name()
                texts.append(name)
                return f"{kind} {name} = {value}"
            case "set":
                name, value = self.name(), self.text(texts, records)
                inner, _, _ = self.block(texts, records, depth + 1, 2)
                texts.append(name)
                decided = self.condition(texts[:-1], records)
                return f'var {name} = "" if {decided} {{ {inner} set {name} = {value} }}'
            case "if":
                then, _, _ = self.block(texts, records, depth + 1, 3)
                otherwise, _, _ = self.block(texts, records, depth + 1, 2)
                rest = f" else {{ {otherwise} }}" if self.chance.random() < 0.5 else ""
                return f"if {self.condition(texts, records)} {{ {then} }}{rest}"
            case "for" if records:
                item, record = self.name(), self.chance.choice(records)
                body, _, _ = self.block([*texts, f"{item}.open", f"{item}.secret"], records, depth + 1, 2)
                chosen = f'[i for i in {record}.items if i.{self.chance.choice(("open", "secret"))} == "a"]'
                source = chosen if self.chance.random() < 0.5 else f"{record}.items"
                return f"for {item} in {source} {{ {body} }}"
            case "try":
                body, _, _ = self.block(texts, records, depth + 1, 3)
                error = self.name()
                handler, _, _ = self.block([*texts, f"{error}.message"], records, depth + 1, 2)
                finally_ = f" finally {{ step low.send(q: {self.owed.choice(texts)}) }}" * (self.owed.random() < 0.4)
                return f"try {{ {body} }} on error as {error} {{ {handler} }}{finally_}"
            case "leave" if depth:
                leaving = f"return {{ open: {self.text(texts, records)}, secret: {self.text(texts, records)} }}"
                failing = f"fail {self.text(texts, records)}"
                way = leaving if self.chance.random() < 0.6 and not self.racing else failing
                if self.choosing and self.chance.random() < 0.7:
                    way = f"yield {self.text(texts, records)}"
                return f"if {self.condition(texts, records)} {{ {way} }}"
            case _:
                return self.call(texts, records)

    def nested(self, kind: str, texts: list[str], records: list[str], depth: int) -> str:
        name = self.name()
        if kind == "rounds":
            held, self.choosing = self.choosing, 0
            body, _, _ = self.block(texts, records, depth + 1, 3)
            self.choosing = held
            return f"loop {name} budget 2 iterations every 1s keep going {{ {body} }}"
        if kind.startswith("race"):
            return self.race(kind, name, texts, records, depth)
        if kind in ("event", "first"):
            return self.event(kind, name, texts, records, depth)
        if kind in MORE_NESTED[len(NESTED) :]:
            return self.more(kind, name, texts, records, depth)
        self.choosing += 1
        ways = []
        for _ in range(2):
            body, inner, known = self.block(texts, records, depth + 1, 3)
            ways.append(f"{{ {body} yield {self.text(inner, known)} }}")
        self.choosing -= 1
        if kind == "choice":
            text = f"if {self.condition(texts, records)} as {name} {ways[0]} else {ways[1]}"
        else:
            text = f'match {self.text(texts, records)} as {name} {{ "a", "b" => {ways[0]} else => {ways[1]} }}'
        texts.append(name)
        return text

    def race(self, kind: str, name: str, texts: list[str], records: list[str], depth: int) -> str:
        """Who comes first is decided by what each branch does, and how long that takes."""
        held, self.choosing = self.choosing, 1
        self.racing += 1
        item = self.name()
        ways = []
        for _ in range(2):
            body, inner, known = self.block([*texts, *[item] * (kind == "race for")], records, depth + 1, 2)
            ways.append(f"{body} yield lower({self.text(inner, known)})")
        self.choosing = held
        self.racing -= 1
        if kind == "race":
            texts += [f"lower({name}.branch)", f"{name}.value"]
            one, other = (f"branch {self.name()} {{ {way} }}" for way in ways)
            return f"race as {name} finish rest {{ {one} {other} }}"
        texts.append(name)
        return (
            f'race for {item} in ["a", upper({self.text(texts[:-1], records)})] as {name} finish rest {{ {ways[0]} }}'
        )

    def event(self, kind: str, name: str, texts: list[str], records: list[str], depth: int) -> str:
        """Which event is taken, and whether one is, may be decided by what is sensitive, in it or outside."""
        where = f" where {self.condition(texts, [*records, name])}" * (self.owed.random() < 0.7)
        late, _, _ = self.block(texts, records, depth + 1, 2)
        expected = f"event news as {name}: Rec{where}"
        if kind == "first":
            body, _, _ = self.block(texts, [*records, name], depth + 1, 2)
            return f"await first {{ {expected} {{ {body} }} after 2s {{ {late} }} }}"
        leaves = self.owed.random() < 0.5
        if leaves:
            records.append(name)
        leaving = ' fail "none"' * leaves
        return f"await {expected} timeout 2s else {{ {late}{leaving} }}"

    def more(self, kind: str, name: str, texts: list[str], records: list[str], depth: int) -> str:
        if kind == "asked":
            shown = f" show {self.chance.choice([*texts, *records])}" * (self.owed.random() < 0.5)
            sees = ' sees "s"' * (self.owed.random() < 0.6)
            question = f'await approval {name} "Go on with {{{{ {self.text(texts, records)} }}}}?"'
            texts += [f"lower({name}.outcome)", f'"{{{{ {name}.note }}}}"']
            return f'{question} {{{shown}{sees} from "leads" timeout 1h then reject }}'
        if kind == "locked":
            body, _, _ = self.block(texts, records, depth + 1, 2)
            return f"exclusive by {self.text(texts, records)} {{ {body} }}"
        held, self.choosing = self.choosing, int(kind == "fan")
        self.racing += 1
        item = self.name()
        bodies = [self.block([*texts, *[item] * (kind == "fan")], records, depth + 1, 2) for _ in range(2)]
        self.racing -= 1
        self.choosing = held
        if kind == "branches":
            one, other = (f"branch {self.name()} {{ {body} }}" for body, _, _ in bodies)
            return f"parallel {{ {one} {other} }}"
        body, inner, known = bodies[0]
        on = self.owed.random() < 0.5
        texts.append(f'join(succeeded({name}), ",")' if on else f'join({name}, ",")')
        over, kept = self.text(texts[:-1], records), " keep going" * on
        return f'parallel for {item} in ["a", {over}] as {name}{kept} {{ {body} yield {self.text(inner, known)} }}'

    def call(self, texts: list[str], records: list[str]) -> str:
        target = self.chance.choice(self.called)
        name, given = self.name(), self.text(texts, records)
        texts.append(f"{name}.{self.chance.choice(('open', 'secret'))}" if target == "inner" else name)
        return f"step {name} = {target}(q: {given})"

    def text(self, texts: list[str], records: list[str]) -> str:
        chance = self.chance
        kinds = ["name", "name", "constant", "template", "mask", "choice"] + ["record"] * 4 * bool(records)
        match chance.choice(kinds):
            case "name":
                return chance.choice(texts)
            case "template":
                return f'"{{{{ {chance.choice(texts)} }}}}-{{{{ {chance.choice(texts)} }}}}"'
            case "mask":
                return f"mask({chance.choice(texts)})"
            case "choice":
                condition = self.condition(texts, records)
                return f"if {condition} then {chance.choice(texts)} else {chance.choice(texts)}"
            case "record":
                record = chance.choice(records)
                ways = (
                    *(
                        "{}.open",
                        "{}.open",
                        "{}.secret",
                        "pick({})",
                        "dig({})",
                        "{}.items[0].open",
                        "{}.items[1].secret",
                    ),
                    *('join([i.open for i in {}.items if i.secret == "a"], ",")', "text(len({}.items))"),
                    *('{{ ...{}, secret: "x" }}.open', 'join([i.open for i in {}.items], ",")'),
                )
                way = chance.choice(ways)
                return way.replace("{}", record).replace("{{", "{").replace("}}", "}")
            case _:
                return f'lower("{chance.choice("abc")}")'

    def condition(self, texts: list[str], records: list[str]) -> str:
        if records and self.chance.random() < 0.4:
            record = self.chance.choice(records)
            return self.chance.choice((f'{record}.secret == "a"', f'{record}.open == "a"', f'dig({record}) < "b"'))
        return f'{self.chance.choice(texts)} {self.chance.choice(("==", "<"))} "{self.chance.choice("abc")}"'


def some_flow(seed: int) -> str:
    return _flows(seed, CALLED, NESTED)


def larger_flow(seed: int) -> str:
    """With people, agents that call tools, branches and locks too."""
    return _flows(seed, MORE_CALLED, MORE_NESTED)


def _flows(seed: int, called: tuple[str, ...], nested: tuple[str, ...]) -> str:
    maker = _Maker(seed, nested)
    inner = maker.flow("inner", tuple(each for each in called if each != "inner"))
    return HEAD + inner + maker.flow("main", called)
