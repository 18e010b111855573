"""Random flows around approvals of irreversible calls, the same for the same seed.

Few are safe by design: arguments are taken from whatever is at hand, and lists are filtered, built, doubled, indexed
and set anew between the question and the call. The check has to tell which of them keep what was shown.
"""

import random
from dataclasses import dataclass, field, replace

DECLARATIONS = """\
edition 1
type Sub { amount: int, to: text }
type Pay { amount: int, to: text, subs: [Sub] at most 2, best: Sub }
type Desk = "a" | "b" | "board"
type Plan { pays: [Pay] at most 2, others: [Pay] at most 2, rates: map[int], at: int, one: Sub }
type Given { amount: int, to: text, pays: [Sub] at most 2, at: int }
tool plan(n: int) -> Plan read
tool send(amount: int, to: text) irreversible keyed { compensate none "sent is sent" }
tool harmless(amount: int, to: text) idempotent
"""


@dataclass(frozen=True)
class Scope:
    """What is at hand, by type. `pairs` are records with `amount` and `to`."""

    plans: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    vars: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()
    depth: int = 0

    def with_(self, **more: tuple[str, ...]) -> "Scope":
        return replace(self, **{name: getattr(self, name) + new for name, new in more.items()})

    def inside(self) -> "Scope":
        return replace(self, depth=self.depth + 1)


@dataclass
class Writer:
    chance: random.Random
    numbers: int = 0
    size: int = 9
    kept: list[str] = field(default_factory=list)
    choosing: random.Random = field(default_factory=lambda: random.Random(0))

    def flow(self) -> str:
        scope = Scope(plans=("p",), lists=("p.pays", "p.others"), pairs=("p.one",), indexes=("p.at",))
        return f"{DECLARATIONS}flow main() {{\n  step p = plan(n: 0)\n{self.block(scope)}}}\n"

    def block(self, scope: Scope) -> str:
        lines = []
        for _ in range(self.chance.randint(1, 3 if scope.depth else 4)):
            if self.size <= 0:
                break
            self.size -= 1
            line, scope = self.statement(scope)
            lines.append("  " * (scope.depth + 1) + line)
        return "\n".join([*lines, ""])

    def statement(self, scope: Scope) -> tuple[str, Scope]:
        makers = [self.let, self.var, self.var, self.approval, self.approval, self.story]
        if scope.approvals:
            makers += [self.send] * 4 + [self.guarded]
        if scope.vars:
            makers += [self.set] * (3 if scope.approvals else 1)
        if scope.depth < 4:
            makers += [self.round] * 3 + [self.loop, self.if_, self.fan]
        return self.chance.choice(makers)(scope)

    def name(self) -> str:
        self.numbers += 1
        return f"v{self.numbers}"

    # -- values

    def list(self, scope: Scope) -> str:
        plain = self.chance.choice(scope.lists)
        other = self.chance.choice(scope.lists)
        item = self.name()
        forms = (
            *[plain] * 10,
            f"[{item} for {item} in {plain} if {item}.amount > {self.chance.randint(0, 2)}]",
            f"[{item} for {item} in {plain} if {item}.amount != {self.pair(scope)}.amount]",
            f"reverse({plain})",
            f'sort({plain}, by: "to")',
            f"distinct({plain})",
            f"{plain}[{self.chance.choice(['1:', ':1', '0:2'])}]",
            f"last({plain}, {self.chance.randint(1, 2)})",
            f"{plain} + {other}",
            f"[{{ amount: {item}.amount, to: {self.pair(scope)}.to }} for {item} in {plain}]",
            f"if {self.pair(scope)}.amount > 1 then {plain} else {other}",
        )
        return self.chance.choice(forms)

    def pair(self, scope: Scope) -> str:
        return self.chance.choice((*scope.pairs[-3:], *scope.pairs, self.item(scope)))

    def choice(self, one: str, other: str, scope: Scope) -> str:
        return f"if {self.pair(scope)}.amount > {self.chance.randint(0, 2)} then {one} else {other}"

    def item(self, scope: Scope) -> str:
        """An item by its place. It may be missing, and then the run fails, as it should."""
        at = self.chance.choice((*scope.indexes[-2:], *scope.indexes, "0", "0", "1", "-1"))
        return f"{self.chance.choice(scope.lists)}[{at}]"

    # -- statements

    def let(self, scope: Scope) -> tuple[str, Scope]:
        name = self.name()
        kind = self.chance.randint(0, 5)
        if kind < 2:
            return f"let {name} = {self.list(scope)}", scope.with_(lists=(name,))
        if kind < 4:
            return f"let {name} = {self.pair(scope)}", scope.with_(pairs=(name,))
        if kind == 4:
            return f"step {name} = plan(n: {self.numbers})", scope.with_(lists=(f"{name}.pays",), plans=(name,))
        if self.chance.random() < 0.5:
            return f"let {name} = {self.choice(self.pair(scope), self.pair(scope), scope)}", scope.with_(
                pairs=(name,) * 3
            )
        text = f"{{ amount: {self.pair(scope)}.amount, to: {self.pair(scope)}.to }}"
        return f"let {name} = {text}", scope.with_(pairs=(name,))

    def var(self, scope: Scope) -> tuple[str, Scope]:
        name = self.name()
        return f"var {name}: [Sub] at most 4 = {self._subs(scope)}", scope.with_(lists=(name,) * 3, vars=(name,))

    def set(self, scope: Scope) -> tuple[str, Scope]:
        return f"set {self.chance.choice(scope.vars)} = {self._subs(scope)}", scope

    def story(self, scope: Scope) -> tuple[str, Scope]:
        """Shown, perhaps set, and gone over."""
        shown = self.chance.choice((*scope.vars * 3, *scope.lists))
        name = self.name()
        text = f'await approval {name} "Go?" {{ show {shown} from {self.whom(scope)} timeout 1m then reject }}'
        text += f' if not {name}.approved {{ fail "no" }}'
        scope = scope.with_(approvals=(f"{name}.approved",))
        if scope.vars and self.chance.random() < 0.5:
            text += f" {self.set(scope)[0]}"
        item, index = self.name(), self.name()
        source = self.list(replace(scope, lists=(shown,)))
        inner = scope.inside().with_(pairs=(item,) * 6, indexes=(index,), lists=(shown,) * 2)
        return f"{text} for {index}, {item} in {source} at most 9 {{ {self.send(inner)[0]} }}", scope

    def _subs(self, scope: Scope) -> str:
        item = self.name()
        copied = f"[{{ amount: {item}.amount, to: {item}.to }} for {item} in {self.chance.choice(scope.lists)}]"
        return self.chance.choice([*scope.vars, copied, copied, "[p.one]", "[p.one, p.one]", "[]"])

    def approval(self, scope: Scope) -> tuple[str, Scope]:
        name = self.name()
        seen = [*scope.plans, *scope.lists, *scope.pairs, self.list(scope), self.item(scope)]
        shown = [*self.chance.sample(seen, min(len(seen), self.chance.randint(0, 3))), "p"][: self.chance.randint(1, 3)]
        answered = self.chance.random() < 0.4
        answer = "answer { amount: int, to: text, pays: [Sub] at most 2, at: int }" * answered
        by_timeout = not answered and self.chance.random() < 0.2
        end = "approve" if by_timeout else "reject"
        stage = f"from {self.whom(scope)} timeout 1m then {end}"
        text = f'await approval {name} "Go?" {{ show {", ".join(shown)} {answer} {stage} }}'
        approved = f'{name}.outcome == "approved"' if by_timeout and self.chance.random() < 0.7 else f"{name}.approved"
        given = scope
        if answered:
            answer = f"{name}.answer"
            given = scope.with_(pairs=(answer,), lists=(f"{answer}.pays",), indexes=(f"{answer}.at",))
        given = given.with_(approvals=(approved,))
        leave = self.chance.random() < 0.6
        if leave:
            return f'{text} if not ({approved}) {{ fail "no" }}', given
        inner = self.block(given.inside())
        return f"{text} if {approved} {{\n{inner}{'  ' * (scope.depth + 1)}}}", scope

    def whom(self, scope: Scope) -> str:
        """A group in quotes, or one that data chooses: what is shown and opened is the same whoever is asked."""
        kind = self.choosing.randint(0, 5)
        amount = f"{self.choosing.choice((*scope.pairs, 'p.one'))}.amount > {self.choosing.randint(0, 2)}"
        if kind == 0:
            return f'group if {amount} then "leads" else "board"'
        if kind == 1:
            return f'all of "leads", group (if {amount} then "leads" else "board")'
        return f'group Desk({scope.pairs[-1]}.to, or: "board")' if kind == 2 else '"leads"'

    def send(self, scope: Scope) -> tuple[str, Scope]:
        one = self.pair(scope)
        other = one if self.chance.random() < 0.75 else self.pair(scope)
        amount = self.chance.choice([f"{one}.amount"] * 8 + ["3", 'p.rates["a"]'])
        to = self.chance.choice([f"{other}.to"] * 8 + ['"x"', f'"{{{{ {other}.to }}}}!"'])
        if self.chance.random() < 0.1:
            amount = self.choice(amount, f"{other}.amount", scope)
        if self.chance.random() < 0.1:
            to = self.choice(to, f"{one}.to", scope)
        name = self.name()
        return f"step {name} = send(amount: {amount}, to: {to})", scope

    def guarded(self, scope: Scope) -> tuple[str, Scope]:
        line, _ = self.send(scope)
        return f"if {self.chance.choice(scope.approvals)} {{ {line} }}", scope

    def round(self, scope: Scope) -> tuple[str, Scope]:
        kind = self.chance.randint(0, 7)
        source, at_most = self.list(scope), " at most 9"
        item, index = self.name(), self.name()
        inner = scope.inside()
        if kind == 0:
            head, inner = f"{index} in range(len({source}))", inner.with_(indexes=(index,))
        elif kind == 1:
            head, inner = (
                f"{index} in keys(p.rates)",
                inner.with_(pairs=(f"{{ amount: p.rates[{index}], to: {index} }}",)),
            )
        elif kind == 2:
            head, inner = f"{index}, {item} in {source}", inner.with_(pairs=(item,), indexes=(index,))
        else:
            head, inner = f"{item} in {source}", inner.with_(pairs=(item, item))
            if source in ("p.pays", "p.others"):
                inner = inner.with_(lists=(f"{item}.subs", f"{item}.subs"), pairs=(f"{item}.best",))
        word = "parallel for" if kind == 3 and "," not in head else "for"
        if word == "parallel for":
            inner = replace(inner, vars=())
        return f"{word} {head}{at_most} {{\n{self.block(inner)}{'  ' * (scope.depth + 1)}}}", scope

    def loop(self, scope: Scope) -> tuple[str, Scope]:
        body = self.block(scope.inside())
        return f"loop budget 2 iterations {{\n{body}{'  ' * (scope.depth + 1)}}} on exhausted {{ }}", scope

    def if_(self, scope: Scope) -> tuple[str, Scope]:
        condition = f"{self.pair(scope)}.amount > 1"
        return f"if {condition} {{\n{self.block(scope.inside())}{'  ' * (scope.depth + 1)}}}", scope

    def fan(self, scope: Scope) -> tuple[str, Scope]:
        kind = self.chance.randint(0, 1)
        inner = replace(scope.inside(), vars=())
        pad = "  " * (scope.depth + 1)
        if kind == 0:
            return (
                f"try {{\n{self.block(scope.inside())}{pad}}} on error {{\n{self.block(scope.inside())}{pad}}}",
                scope,
            )
        names = [self.name(), self.name()]
        branches = " ".join(f"branch {name} {{\n{self.block(inner)}{pad}}}" for name in names)
        return f"parallel {{ {branches} }}", scope


def gated_flow(seed: int) -> str:
    return Writer(random.Random(f"gates {seed}"), choosing=random.Random(f"whom {seed}")).flow()
