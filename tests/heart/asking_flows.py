"""Random flows in which a model's answers mix with other values, which say who is asked; the same for a seed."""

import random
from dataclasses import dataclass, replace

DECLARATIONS = """\
edition 1
type Team = "ann" | "bob" | "cho" | "dan"
type Case { owner: text, note: text, people: [text] at most 3 }
agent judge(q: text) -> { name: text, sure: bool, at: int, names: [text] at most 3, cases: [Case] at most 3 } {
  model "m"
  prompt "{{ q }}"
}
tool find(q: text) -> { owner: text, people: [text] at most 3, cases: [Case] at most 3, urgent: bool } read
"""


@dataclass(frozen=True)
class Scope:
    """What is at hand, by type."""

    texts: tuple[str, ...] = ()
    bools: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    case_lists: tuple[str, ...] = ()
    vars: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    depth: int = 0
    ways: tuple[str, ...] = ("return", "return", "fail")

    def with_(self, **more: tuple[str, ...]) -> "Scope":
        return replace(self, **{name: getattr(self, name) + new for name, new in more.items()})

    def inside(self) -> "Scope":
        return replace(self, depth=self.depth + 1)


@dataclass
class Writer:
    chance: random.Random
    numbers: int = 0
    size: int = 0

    def file(self) -> str:
        names = [f"f{number}" for number in range(self.chance.randint(1, 3))]
        flows = [self.flow(name, tuple(names[:number])) for number, name in enumerate(names)]
        return DECLARATIONS + "".join(flows) + self.flow("main", tuple(names))

    def flow(self, name: str, callable_flows: tuple[str, ...]) -> str:
        """Each takes a case and a text and gives a case."""
        self.size = 8
        scope = Scope(
            texts=("p", '"ann"'), bools=('p == "ann"',), lists=("c.people",), cases=("c",), flows=callable_flows * 2
        )
        body = self.block(scope)
        if callable_flows and self.chance.random() < 0.2:
            return self.searching(name, scope)
        early = ""
        if self.chance.random() < 0.4:
            early = f"  step early = judge(q: p)\n  if early.sure {{ return {self.case(scope)} }}\n"
        return f"flow {name}(c: Case, p: text) -> Case {{\n{body}{early}  return {self.case(scope)}\n}}\n"

    def searching(self, name: str, scope: Scope) -> str:
        """Gives one of a list, or fails."""
        scope = scope.with_(texts=("one",) * 4, bools=("early.sure",))
        found = f"for one in c.people {{ if {self.condition(scope)} {{ return {self.case(scope)} }} }}"
        judged = self.chance.choice(["step early = judge(q: p)", "let early = { sure: p == c.owner }"])
        return f'flow {name}(c: Case, p: text) -> Case {{\n  {judged}\n  {found}\n  fail "none"\n}}\n'

    def name(self) -> str:
        self.numbers += 1
        return f"v{self.numbers}"

    def block(self, scope: Scope) -> str:
        lines = []
        for _ in range(self.chance.randint(2, 5)):
            self.size -= 1
            if self.size > 0:
                line, scope = self.statement(scope)
                lines.append("  " * (scope.depth + 1) + line)
        return "\n".join([*lines, ""])

    def statement(self, scope: Scope) -> tuple[str, Scope]:
        makers = [self.ask, self.ask, self.story, self.agent, self.tool, self.let, self.var]
        if scope.vars:
            makers += [self.set] * 2
        if scope.flows:
            makers += [self.call] * 2
        if scope.depth < 3:
            makers += [self.if_, self.if_, self.choice, self.round, self.loop, self.try_, self.fan]
            makers += [self.leave] if scope.depth else []
        return self.chance.choice(makers)(scope)

    # -- values

    def text(self, scope: Scope) -> str:
        case, some, other = self.chance.choice(scope.cases), *self.chance.choices(scope.texts, k=2)
        item = self.name()
        one = self.chance.choice(scope.lists)
        forms = (
            *[some] * 5,
            *[f"{case}.owner"] * 3,
            f"{case}.note",
            f"{one}[0]",
            f"[{item} for {item} in {one} if {item} != {other}][0]",
            f"sort({one})[0]",
            f'"{{{{ {some} }}}}-{{{{ {other} }}}}"',
            f"if {self.condition(scope)} then {some} else {other}",
            f"{{ a: {some}, b: {other} }}.{self.chance.choice('ab')}",
        )
        return self.chance.choice(forms)

    def condition(self, scope: Scope) -> str:
        return self.chance.choice((*scope.bools[-2:], *scope.bools, f'{self.chance.choice(scope.texts)} != "ann"'))

    def case(self, scope: Scope) -> str:
        if self.chance.random() < 0.4:
            return self.chance.choice(scope.cases)
        people = self.chance.choice(scope.lists)
        return f"{{ owner: {self.text(scope)}, note: {self.text(scope)}, people: {people} }}"

    # -- statements

    def ask(self, scope: Scope) -> tuple[str, Scope]:
        name = self.name()
        whom = self.text(scope)
        whom = f'group Team({whom}, or: "ann")' if self.numbers % 3 == 0 else f"person {whom}"
        stage = f"from {whom} timeout 1h then reject"
        return f'await approval {name} "Go?" {{ answer {{ who: text }} {stage} }}', scope

    def story(self, scope: Scope) -> tuple[str, Scope]:
        """A name that is set on the way, perhaps as a model decides, and asked."""
        model, var, item, error = (self.name() for _ in range(4))
        scope = scope.with_(texts=(f"{model}.name",), bools=(f"{model}.sure",) * 3, vars=(var,))
        judged = f"step {model} = judge(q: {self.text(replace(scope, texts=scope.texts[:-1]))})"
        inner = scope.with_(texts=(item,) * 4)
        condition, some = (
            self.condition(scope),
            self.chance.choice(['"bob"', self.text(scope), f"{self.case(scope)}.owner"]),
        )
        ways = (
            f"{judged} if {condition} {{ set {var} = {some} }}",
            f"{judged} for {item} in {self.chance.choice(scope.lists)} {{ {self._some(inner, var, condition)} }}",
            f"{judged} loop budget 3 iterations {{ {self._some(scope, var, condition)} }} on exhausted {{ }}",
            f"{judged} try {{ {self._some(scope, var, condition, 'fail')} }} on error {{ set {var} = {some} }}",
            f'try {{ {judged} set {var} = {some} }} on error {error} {{ set {var} = "cho" }}',
        )
        way = self.chance.choice(ways)
        kept = replace(scope, texts=(*scope.texts[:-1], var), bools=scope.bools[:-3])
        asked = (
            f'await approval {self.name()} "Go?" {{ answer {{ who: text }} from person {var} timeout 1h then reject }}'
        )
        return f'var {var}: text = "ann" {way} {asked}', kept

    def _some(self, scope: Scope, var: str, condition: str, leave: str = "break") -> str:
        """A name is set before or after the round may be left."""
        leave = 'fail "no"' if leave == "fail" else self.chance.choice(["break", "continue"])
        parts = [f"set {var} = {self.text(scope)}", f"if {condition} {{ {leave} }}"]
        return " ".join(self.chance.sample(parts, 2))

    def agent(self, scope: Scope) -> tuple[str, Scope]:
        name = self.name()
        more = scope.with_(texts=(f"{name}.name",), bools=(f"{name}.sure",) * 2, lists=(f"{name}.names",))
        return f"step {name} = judge(q: {self.text(scope)})", more

    def tool(self, scope: Scope) -> tuple[str, Scope]:
        name = self.name()
        texts, lists = (f"{name}.owner",), (f"{name}.people",)
        more = scope.with_(texts=texts, lists=lists, bools=(f"{name}.urgent",), case_lists=(f"{name}.cases",))
        return f"step {name} = find(q: {self.text(scope)})", more

    def let(self, scope: Scope) -> tuple[str, Scope]:
        name = self.name()
        if self.chance.random() < 0.5:
            return f"let {name} = {self.text(scope)}", scope.with_(texts=(name,))
        return f"let {name} = {self.case(scope)}", scope.with_(cases=(name,))

    def var(self, scope: Scope) -> tuple[str, Scope]:
        name = self.name()
        return f"var {name}: text = {self.text(scope)}", scope.with_(texts=(name, name), vars=(name,))

    def set(self, scope: Scope) -> tuple[str, Scope]:
        return f"set {self.chance.choice(scope.vars)} = {self.text(scope)}", scope

    def call(self, scope: Scope) -> tuple[str, Scope]:
        name = self.name()
        given = f"c: {self.case(scope)}, p: {self.text(scope)}"
        line, more = f"step {name} = {self.chance.choice(scope.flows)}({given})", scope.with_(cases=(name, name))
        if self.chance.random() < 0.5:
            line = f"{line} {self.ask(replace(more, texts=(f'{name}.owner',) * 2))[0]}"
        return line, more

    def leave(self, scope: Scope) -> tuple[str, Scope]:
        way = self.chance.choice(scope.ways)
        if way == "fail":
            what = f"fail {self.text(scope)}"
        elif way == "break":
            what = self.chance.choice(["break", "continue"])
        else:
            what = f"{way} {self.case(scope)}"
        return f"if {self.condition(scope)} {{ {what} }}", scope

    def _around(self, head: str, inner: Scope, tail: str = "") -> str:
        pad = "  " * inner.depth
        return f"{head} {{\n{self.block(inner)}{pad}}}{tail}"

    def if_(self, scope: Scope) -> tuple[str, Scope]:
        head, inner = f"if {self.condition(scope)}", scope.inside()
        text = self._around(head, inner)
        return (f"{text} {self._around('else', inner)}" if self.chance.random() < 0.6 else text), scope

    def choice(self, scope: Scope) -> tuple[str, Scope]:
        """A case that depends on what is looked at, as a model may have written it."""
        name, inner = self.name(), scope.inside()
        inner = replace(inner, ways=(*scope.ways, "yield"))
        ways = [self._around("", inner).removesuffix("}") + f" yield {self.case(inner)} }}" for _ in range(2)]
        if self.chance.random() < 0.5:
            text = f"if {self.condition(scope)} as {name} {ways[0]} else {ways[1]}"
        else:
            text = f'match {self.text(scope)} as {name} {{ "ann", "bob" => {ways[0]} else => {ways[1]} }}'
        return text, scope.with_(cases=(name, name))

    def round(self, scope: Scope) -> tuple[str, Scope]:
        item = self.name()
        inner = scope.inside()
        inner = replace(inner, ways=(*scope.ways, "break", "break"))
        if scope.case_lists and self.chance.random() < 0.5:
            source = self.chance.choice(scope.case_lists)
            return self._around(f"for {item} in {source}", inner.with_(cases=(item, item))), scope
        return self._around(f"for {item} in {self.chance.choice(scope.lists)}", inner.with_(texts=(item, item))), scope

    def loop(self, scope: Scope) -> tuple[str, Scope]:
        inner = scope.inside()
        inner = replace(inner, ways=(*scope.ways, "break", "break"))
        until = f" until {self.condition(scope)}" * (self.chance.random() < 0.5)
        body = self._around("loop budget 2 iterations", inner).removesuffix("}")
        return f"{body}{until} }} {self._around('on exhausted', scope.inside())}", scope

    def try_(self, scope: Scope) -> tuple[str, Scope]:
        inner = scope.inside()
        name = self.name()
        handler = inner.with_(texts=(f"{name}.message",))
        return f"{self._around('try', inner)} {self._around(f'on error {name}', handler)}", scope

    def fan(self, scope: Scope) -> tuple[str, Scope]:
        item, name, good = self.name(), self.name(), self.name()
        inner = replace(scope.inside(), vars=(), ways=("yield", "fail")).with_(texts=(item, item))
        going = self.chance.random() < 0.4
        head = f"parallel for {item} in {self.chance.choice(scope.lists)} as {name}{' keep going' * going}"
        body = self._around(head, inner).removesuffix("}")
        text = f"{body} yield {self.case(inner)} }} let {good} = {f'succeeded({name})' if going else name}"
        return text, scope.with_(case_lists=(good,), cases=(f"{good}[0]",))


def asking_flow(seed: int) -> str:
    return Writer(random.Random(f"asking {seed}")).file()
