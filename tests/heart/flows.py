"""Random flows, most of which pass the check, the same for the same seed: every construct in every other."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.heart import races, waits
from tests.heart.declared import DECLARATIONS, RESULTS, UNDONE
from tests.heart.limits import capped


@dataclass
class Place:
    """What a statement may use and do where it stands."""

    texts: list[str] = field(default_factory=list)
    settable: list[str] = field(default_factory=list)
    loops: list[str] = field(default_factory=list)
    innermost: str = ""
    may_return: bool = True
    may_yield: bool = False
    depth: int = 0
    may_lose: bool = False

    def inside(self, **changes: object) -> "Place":
        copied = replace(self, texts=list(self.texts), settable=list(self.settable), loops=list(self.loops))
        return replace(copied, depth=self.depth + 1, **changes)  # type: ignore[arg-type]


def kinds_from(body: str) -> list[str]:
    """Kinds that the check takes for possible in a handler of `body`."""

    def has(*words: str) -> bool:
        return any(word in body for word in words)

    unknown = has(*(f"{tool}(" for tool in (*UNDONE, "t.stays", "t.pay") if tool != "t.idempotent"))
    undone = has(*(f"{tool}(" for tool in UNDONE), "compensate", "finally")
    refuses = has(*(f"{tool}(" for tool in ("t.write", "t.named", "t.verified", "t.keyed")))
    own = has('kind: "Own"')
    possible = {"OutcomeUnknown": unknown, "UndoFailed": undone, "Refused": refuses, "Own": own}
    return [kind for kind, comes in possible.items() if comes]


class FlowWriter:
    """Writes one flow; `callable_flows` are those that it may call. `free`: nothing but rounds is limited."""

    agents: tuple[str, ...] = ("ask", "ask_little")
    """What its steps ask, each as often as a tool."""

    def __init__(self, chance: random.Random, name: str, callable_flows: list[str], size: int, *, free: bool) -> None:
        self.free = free
        self.chance = chance
        self.owed = random.Random(str(chance.getstate()[1][:8]))
        self.known = random.Random(f"{name} {chance.getstate()[1][:8]}")
        self.name = name
        self.callable_flows = callable_flows
        self.left = size
        self.number = 0

    def text(self) -> str:
        body, _ = self.block(Place(texts=["x"]), leave=False)
        return f"flow {self.name}(x: text) -> text {self.flow_budget()} {{\n{body}\nreturn x\n}}\n"

    def flow_budget(self) -> str:
        if self.free:
            return ""
        chosen = self.chance.choice(["", "", "12 calls", "4k tokens", "40s", "1 usd, 2m"])
        return f"budget {self.capped(chosen)}" if chosen else ""

    def capped(self, limits: str) -> str:
        return limits if self.free else capped(self.known, limits)

    # -- expressions

    def value(self, place: Place) -> str:
        one = self.chance.choice(place.texts)
        written = self.chance.choice(
            [
                one,
                one,
                f'"a{self.chance.randint(0, 9)}"',
                f'"{{{{ {one} }}}}-{self.chance.randint(0, 9)}"',
                f'if len({one}) > 3 then upper({one}) else "short"',
                f'["{self.chance.randint(0, 9)}", "b"][if len({one}) > 9 then 1 else 0]',
                f'["never"][if contains({one}, "7") then 1 else 0]' if self.chance.random() < 0.3 else one,
            ]
        )
        if self.known.random() < 0.9:
            return written
        if self.free:
            return "GREETING"
        of_run = ["run.id", "run.flow", "run.hash[:4]", '"{{ run.started }}"', '"{{ run.requester == null }}"']
        return self.known.choice(["GREETING", "region", '"{{ rounds }}"', *of_run])

    def condition(self, place: Place) -> str:
        one = self.chance.choice(place.texts)
        return self.chance.choice(
            [f"len({one}) > {self.chance.randint(1, 12)}", f'{one} == "a1"', f'contains({one}, "1")', "len(x) >= 0"]
        )

    def fresh(self, letter: str) -> str:
        self.number += 1
        return f"{letter}{self.number}"

    # -- blocks

    def block(self, place: Place, *, leave: bool = True) -> tuple[str, bool]:
        """The statements of a block, and whether its end is never reached."""
        lines = []
        for _ in range(self.chance.randint(1, 4)):
            if self.left <= 0:
                break
            self.left -= 1
            lines.append(self.statement(place))
        leaving = self.leaving(place) if leave and self.chance.random() < 0.25 else None
        if leaving is not None:
            lines.append(leaving)
        return "\n".join(lines), leaving is not None

    def leaving(self, place: Place) -> str:
        options = [f"fail {self.value(place)}", f'fail {{ kind: "Own", message: {self.value(place)} }}']
        if place.may_return:
            options.append(f"return {self.value(place)}")
        if place.may_yield:
            options += [f"yield {self.value(place)}"] * 3
        if place.innermost:
            options += ["break", "continue"]
        options += [f"{word} {name}" for name in place.loops for word in ("break", "continue")]
        return self.chance.choice(options)

    def statement(self, place: Place) -> str:
        simple: list[Callable[[Place], str]] = [self.step, self.step, self.step, self.step]
        simple += [self.let, self.var, self.set, self.sleep]
        nested: list[Callable[[Place], str]] = [self.if_, self.choice, self.for_, self.loop]
        nested += [self.parallel, self.parallel_for, *[self.race] * (not self.free)]
        nested += [self.try_, self.try_, *[self.budget] * (not self.free), self.approval]
        if place.depth < 4 and self.chance.random() < 0.5:
            return self.exclusive(self.chance.choice(nested)(place))
        return self.chance.choice(simple)(place)

    # -- simple statements

    def step(self, place: Place) -> str:
        name = self.fresh("s")
        targets = [*UNDONE, "t.read", "t.read", "t.stays", *self.agents, *self.callable_flows]
        if place.may_lose:
            targets = [*UNDONE, "t.read", "t.read", *self.agents]
        target = self.chance.choice(targets)
        call = f"{target}(x: {self.value(place)})"
        options = self.step_options(place) if target.startswith("t.") else ""
        if target in self.callable_flows and self.owed.random() < 0.25:
            return f"step {call} {{ detached }}"
        gives = "text" if target in self.callable_flows else RESULTS.get(target, "id")
        if gives == "nothing" or self.chance.random() < 0.2:
            return f"step {call}{options}"
        place.texts.append(name if gives == "text" else f"{name}.{gives}")
        return f"step {name} = {call}{options}"

    def owes(self, word: str, place: Place) -> str:
        """A block of undo; what is chosen here leaves all that is chosen elsewhere as it was."""
        tools = self.owed.choices(["t.undo", "t.undo", "t.undo_once"], k=self.owed.randint(1, 3))
        calls = "\n".join(f"step {tool}(x: {self.owed.choice(place.texts)})" for tool in tools)
        return f"{word} {{\n{calls}\n}}"

    def exclusive(self, statement: str) -> str:
        """Inside of each other too, in whatever order: they wait no longer than they say."""
        if self.owed.random() < 0.85 or self.free:
            return statement
        places = self.owed.choice(["", " up to 2"])
        return f'exclusive by "{self.owed.choice("pq")}"{places} within {self.owed.randint(1, 4)}s {{\n{statement}\n}}'

    def step_options(self, place: Place) -> str:
        options = []
        if self.chance.random() < 0.15:
            options.append(f"timeout {self.capped(f'{self.chance.randint(1, 9)}s')}")
        if self.chance.random() < 0.15:
            options.append("retry 1 times backoff 1s to 2s")
        if self.chance.random() < 0.1:
            undo = f"compensate t.undo(x: {self.value(place)})"
            options.append(undo if self.owed.random() < 0.5 else self.owes("compensate", place))
        return f" {{ {' '.join(options)} }}" if options else ""

    def let(self, place: Place) -> str:
        name, value = self.fresh("l"), self.value(place)
        place.texts.append(name)
        return f"let {name} = {value}"

    def var(self, place: Place) -> str:
        name, value = self.fresh("v"), self.value(place)
        place.texts.append(name)
        place.settable.append(name)
        return f"var {name}: text = {value}"

    def set(self, place: Place) -> str:
        if self.owed.random() < 0.25:
            return self.owes("compensate", place)
        if not place.settable:
            return self.let(place)
        return f"set {self.chance.choice(place.settable)} = {self.value(place)}"

    def sleep(self, place: Place) -> str:
        if place.depth < 4 and self.owed.random() < 0.6:
            return waits.wait(self, place)
        return f"sleep {self.capped(f'{self.chance.randint(1, 8)}s')}"

    # -- statements with blocks

    def if_(self, place: Place) -> str:
        then, _ = self.block(place.inside())
        head = f"if {self.condition(place)} {{\n{then}\n}}"
        if self.chance.random() < 0.5:
            return head
        otherwise, _ = self.block(place.inside())
        return f"{head} else {{\n{otherwise}\n}}"

    def choice(self, place: Place) -> str:
        """`match`, or a chain of `else if`; with a name each way yields a text, or leaves."""
        name = self.fresh("c") if self.chance.random() < 0.6 else ""
        inner = replace(place, may_yield=place.may_yield or bool(name))
        blocks = []
        for _ in range(3):
            body, left = self.block(inner.inside())
            blocks.append(f"{{\n{body}\n{f'yield {self.value(place)}' if name and not left else ''}\n}}")
        named = f" as {name}" if name else ""
        if self.chance.random() < 0.5:
            one, other = self.condition(place), self.condition(place)
            text = f"if {one}{named} {blocks[0]} else if {other} {blocks[1]} else {blocks[2]}"
        else:
            subject = self.chance.choice([self.value(place), f"len({self.value(place)})"])
            cases = ('"a1", "b"', '"short"') if not subject.startswith("len") else ("1", "2, 3, 4")
            text = (
                f"match {subject}{named} {{ {cases[0]} => {blocks[0]} {cases[1]} => {blocks[1]} else => {blocks[2]} }}"
            )
        place.texts += [name] if name else []
        return text

    def for_(self, place: Place) -> str:
        item = self.fresh("i")
        inner = place.inside(innermost="for")
        inner.texts.append(item)
        body, _ = self.block(inner)
        return f'for {item} in ["1", {self.value(place)}, "33"] {{\n{body}\n}}'

    def loop(self, place: Place) -> str:
        name = self.fresh("loop")
        inner = place.inside(innermost="loop")
        inner.loops.append(name)
        body, left = self.block(inner)
        if not left:
            body += f"\nuntil {self.condition(inner)}"
        going = " keep going" if self.chance.random() < 0.25 else ""
        return f"loop {name} budget {self.loop_budget()}{going} {{\n{body}\n}}{self.on_exhausted(place)}"

    def loop_budget(self) -> str:
        if self.free:
            return "2 iterations"
        limits = self.chance.choice(
            ["2 iterations", "3 iterations", "2 iterations, 600 tokens", "3 iterations, 4 calls"]
        )
        return self.capped(limits)

    def on_exhausted(self, place: Place) -> str:
        if self.chance.random() < 0.4:
            return ""
        body, _ = self.block(place.inside())
        return f" on exhausted {{\n{body}\n}}"

    def budget(self, place: Place) -> str:
        limit = self.capped(self.chance.choice(["2 calls", "1k tokens", "3s", "9s", "0.002 usd", "500 tokens, 30s"]))
        outcome = self.on_exhausted(place)
        inner = place if not outcome else place.inside()
        inner.depth += 1
        body, _ = self.block(inner, leave=bool(outcome))
        inner.depth -= 1
        return f"budget {limit} {{\n{body}\n}}{outcome}"

    def try_(self, place: Place) -> str:
        body, _ = self.block(place.inside())
        lines = [f"try {{\n{body}\n}}"]
        handled = kinds_from(body)
        for _ in range(self.chance.randint(1, 2)):
            error = self.fresh("e")
            heads = [f"on error {error}", "on error"]
            if handled:
                kind = self.chance.choice(handled)
                handled.remove(kind)
                heads = [f'on error {error} if {error}.kind == "{kind}"'] * 3 + heads
            head = self.chance.choice(heads)
            inner = place.inside()
            if f"on error {error}" in head:
                inner.texts.append(f"{error}.kind")
            handler, _ = self.block(inner)
            lines.append(f"{head} {{\n{handler}\n}}")
            if head.endswith(error) or head == "on error":
                break
        if self.owed.random() < 0.4:
            lines.append(self.owes("finally", place))
        return " ".join(lines)

    def beside(self, place: Place, *, may_yield: bool) -> Place:
        return place.inside(settable=[], loops=[], innermost="", may_return=False, may_yield=may_yield)

    def parallel(self, place: Place) -> str:
        keep_going = self.chance.random() < 0.3
        visible: list[str] = []
        branches = []
        for _ in range(self.chance.randint(1, 3)):
            inner = self.beside(place, may_yield=False)
            known = len(inner.texts)
            if self.chance.random() < 0.4:
                branches.append(self.step(inner))
            else:
                body, left = self.block(inner)
                branches.append(f"branch {self.fresh('b')} {{\n{body}\n}}")
                if left:
                    continue
            visible += inner.texts[known:]
        if not keep_going and len(visible) and "fail" not in "".join(branches):
            place.texts += visible
        head = f"parallel as {self.fresh('p')}" if self.chance.random() < 0.3 else "parallel"
        return f"{head}{' keep going' if keep_going else ''} {{\n" + "\n".join(branches) + "\n}"

    def parallel_for(self, place: Place) -> str:
        item, name = self.fresh("i"), self.fresh("p")
        inner = self.beside(place, may_yield=True)
        inner.texts.append(item)
        body, left = self.block(inner)
        if not left:
            body += f"\nyield {self.value(inner)}"
        limit = self.chance.choice(["", " up to 1", " up to 2"])
        if not self.free and self.known.random() < 0.2:
            limit = f" up to {self.known.choice(['rounds', 'len(x)'])} at most 3"
        items = f'["1", {self.value(place)}, "7"]'
        head = f"parallel for {item} in {items}{limit} as {name}"
        shown = self.fresh("l")
        place.texts.append(shown)
        if self.chance.random() < 0.5:
            return f'{head} {{\n{body}\n}}\nlet {shown} = join({name}, "+")'
        failures = f"[each.kind for each in failed({name})]"
        told = f'let {shown} = join(succeeded({name}), "+") + "-" + join({failures}, "+")'
        return f"{head} keep going {{\n{body}\n}}\n{told}"

    def race(self, place: Place) -> str:
        return races.race(self, place)

    def chosen_group(self) -> str:
        """A group that data chooses, of which a model knows nothing."""
        one = self.owed.choice(["GREETING", *([] if self.free else ["region", "run.id", "run.hash"])])
        return self.owed.choice(
            [
                f'group if len({one}) > 2 then "leads" else "board"',
                f'group Desk({one}, or: "leads")',
                'group Desk("board")',
            ]
        )

    def approval(self, place: Place) -> str:
        name = self.fresh("a")
        stages = self.chance.choice(
            [
                'from "leads" timeout 5s then reject',
                'from "leads" timeout 2s then ask from 2 of "leads", "board" timeout 6s then fail',
                'from "leads" timeout 4s then approve',
                'from all of "leads", "board" timeout 150s then reject',
            ]
        )
        if self.owed.random() < 0.4:
            stages = stages.replace('"leads"', self.chosen_group(), 1)
        shown = self.chance.choice(place.texts)
        gated = "approve" not in stages and self.chance.random() < 0.6 and not place.may_lose
        pay = f"\nif {name}.approved {{ step t.pay(x: {shown}) }}" if gated else ""
        return f'await approval {name} "May we {{{{ {shown} }}}}?" {{ show {shown} remind every 1m {stages} }}{pay}'


def some_flow(
    seed: int,
    size: int = 14,
    *,
    free: bool = False,
    writer: type[FlowWriter] = FlowWriter,
    declarations: str = DECLARATIONS,
) -> str:
    """A file with a main flow that calls up to two others."""
    chance = random.Random(seed)
    names = [f"child{number}" for number in range(1, chance.randint(1, 3))]
    parts = [declarations]
    for position, name in enumerate(names):
        parts.append(writer(chance, name, names[position + 1 :], size // 2, free=free).text())
    main = writer(chance, "main", names, size, free=free).text()
    unused = [name for name in names if f"{name}(" not in main and not any(f" {name}(" in part for part in parts[1:])]
    calls = "\n".join(f'step {name}(x: "{name}")' for name in names if name in unused or f"= {name}(" not in main)
    return "\n".join([*parts, main.replace("\nreturn x\n}\n", f"\n{calls}\nreturn x\n}}\n")])
