"""Random flows for plans: those of the heart, with what these do not have. Requests with pages, locks and events of
tools, types out of a schema, replies, rounds at a fixed rate, flows that call themselves, conversations that go on,
batches, points of no return.
"""

from collections.abc import Callable
from typing import Any

from dsl.linking.files import Files
from dsl.source import Source
from interpreter.core.commands import CallTool
from interpreter.simulation.batches import BatchPlan
from interpreter.simulation.world import Fails, Planned
from tests.heart.declared import DECLARATIONS
from tests.heart.flows import FlowWriter, Place, some_flow
from tests.heart.outside import Outside
from tests.house.checkout import ROOT

FOLDER = ROOT / "tests" / "planning"
PLACE = FOLDER / "random.flow"
MORE = """
type Shape from "shape.json"
tool h.list(x: text) -> [{ id: text }] at most 40 read {
  http get "https://a.example.com/p/{{ x }}" {
    query { cursor: page }
    next result?.cursor at most 4 pages
    items result?.items
  }
  errors Gone when 404
}
tool h.make(x: text) -> Shape write keyed {
  patience 10s
  http post "https://a.example.com/p" { header "Idempotency-Key": key body { x: x } }
  errors Closed when 409
  compensate h.drop(id: result.id)
}
tool h.drop(id: text) idempotent { http delete "https://a.example.com/p/{{ id }}" }
tool l.post(x: text) -> { id: text } write keyed {
  exclusive by x within 5s
  retry 2 times backoff 1s to 2s
  compensate t.undo(x: result.id)
}
tool l.sent(x: text) -> text read { exclusive by "all" up to 2 within 2s }
tool e.tell(run: text trusted, x: text) write keyed final { emit word from x to run with x }
tool q.read(x: text) -> text read quick
agent talker(x: text) -> text {
  model "second"
  prompt "{{ x }}"
  answer at most 50 tokens
  answer within 9s
  keep last 4
  retry 2 times backoff 1s to 3s except ModelTimeout
}
agent summer() -> text { model "second" prompt "What was said?" answer at most 20 tokens }
agent chatter(x: text) -> text {
  model "second" then "first"
  prompt "{{ x }}"
  answer at most 40 tokens
  patience 3s
  summarise by summer at 30 tokens
}
agent sorter(x: text) -> text { model "second" prompt "{{ x }}" answer at most 50 tokens batch within 2h }
flow again(x: text, n: int) -> text depth 3 {
  step made = h.make(x: x)
  if n > 0 { step down = again(x: made.id, n: n - 1) return down }
  step said = talker(x: x)
  return said
}
"""
GIVES = {"h.make": "id", "l.post": "id", "l.sent": "", "q.read": "", "talker": "", "sorter": "", "again": ""}


class PlanWriter(FlowWriter):
    def statement(self, place: Place) -> str:
        if self.owed.random() < 0.6:
            return super().statement(place)
        simple = [self.more_step, self.more_step, self.listed, self.moment]
        nested = [self.replied, self.at_a_rate, self.talk, self.batch, self.committed]
        chosen: list[Callable[[Place], str]] = [*simple, *nested] if place.depth < 3 else [*simple]
        return self.owed.choice(chosen)(place)

    def more_step(self, place: Place) -> str:
        names = ["h.make", "l.post", "l.sent", "q.read", "talker", *["again"] * (place.depth < 2)]
        target, name = self.owed.choice(names), self.fresh("s")
        more = f", n: {self.owed.randint(0, 2)}" if target == "again" else ""
        option = self.owed.choice(["", "", " { patience 4s }"]) if target == "h.make" else ""
        field = f".{GIVES[target]}" if GIVES[target] else ""
        written = f"step {name} = {target}(x: {self.value(place)}{more}){option}"
        place.texts.append(f"{name}{field}")
        return written

    def listed(self, place: Place) -> str:
        name, item = self.fresh("s"), self.fresh("i")
        inner = place.inside(innermost="for", settable=[])
        inner.texts.append(f"{item}.id")
        body, _ = self.block(inner)
        call = f"step {name} = h.list(x: {self.value(place)})"
        if self.owed.random() < 0.5:
            return f"{call}\nfor {item} in first({name}, 3) {{\n{body}\n}}"
        return f"{call}\nstep e.tell(run: run.id, x: {self.value(place)})" if not place.may_lose else call

    def moment(self, place: Place) -> str:
        return f"sleep until run.started + {self.owed.randint(1, 60)}s"

    def replied(self, place: Place) -> str:
        name = self.fresh("w")
        late, _ = self.block(place.inside())
        body = f"respond {name} {self.value(place)}"
        if self.owed.random() < 0.5:
            body = f"if {self.condition(place)} {{ {body} }} else {{ {body} }}"
        timeout = f"{self.owed.randint(1, 9)}s"
        return f"await event asked as {name}: text reply text timeout {timeout} else {{\n{late}\nfail x\n}}\n{body}"

    def at_a_rate(self, place: Place) -> str:
        name = self.fresh("loop")
        body, _ = self.block(place.inside(innermost="loop", loops=[*place.loops, name]))
        going = self.owed.choice(["", " keep going"])
        limit = self.owed.choice(["3 iterations", "4 iterations, 20s"])
        return f"loop {name} budget {limit} every {self.owed.randint(1, 5)}s{going} {{\n{body}\n}}"

    def talk(self, place: Place) -> str:
        talk, agent = self.fresh("v"), self.owed.choice(["talker", "chatter"])
        said = self.fresh("s")
        value = self.value(place)
        body = f"step {said} = {agent}(x: {value}) {{ continue {talk} }}\nset {talk} = transcript({said})"
        rounds = f"for {self.fresh('i')} in [1, 2, 3] {{\n{body}\n}}" if self.owed.random() < 0.7 else body
        return f"var {talk}: conversation = []\n{rounds}"

    def batch(self, place: Place) -> str:
        item, name, said = self.fresh("i"), self.fresh("p"), self.fresh("s")
        body = f"step {said} = sorter(x: {item})\nyield {said}"
        going = self.owed.choice(["", " keep going"])
        limit = self.owed.choice(["", " up to 2"])
        return f'parallel for {item} in ["1", {self.value(place)}, "7"]{limit} as {name}{going} {{\n{body}\n}}'

    def committed(self, place: Place) -> str:
        return f"{self.step(place)}\ncommit" if place.may_return and not place.loops else self.more_step(place)


def some_flow_for_plans(seed: int) -> Source:
    text = some_flow(seed, writer=PlanWriter, declarations=DECLARATIONS + MORE)
    return Source(str(PLACE), text)


def files() -> Files:
    return Files(str(PLACE), str(ROOT))


class MoreOutside(Outside):
    """The same world, with servers that take no request for now, and batches that are made, lost and late."""

    def __init__(self, seed: str, *, gentle: bool = False) -> None:
        super().__init__(seed, gentle=gentle)
        more = ("h.list", "h.make", "h.drop", "l.post", "l.sent", "e.tell", "q.read")
        self.world.tools = {**self.world.tools, **dict.fromkeys(more, self.tool)}
        self.world.agents = {
            **self.world.agents,
            **dict.fromkeys(("talker", "chatter", "summer", "sorter"), self.agent),
        }
        chance = self.chance("batches")
        looks = chance.choice([0, 1, 3])
        plans = [BatchPlan(looks), BatchPlan(looks, answers=1, ends="expired"), BatchPlan(fails="Overloaded")]
        plans += [BatchPlan(looks, fails="Overloaded", made=True), BatchPlan(looks, ends="cancelled", answers=0)]
        self.world.batches.plans = [BatchPlan()] if gentle else chance.choices(plans, k=9)

    def tool(self, command: CallTool) -> Planned:
        chance = self.chance("more", command.key, command.id, command.attempt)
        if command.tool.startswith("h.") and not self.gentle and chance.random() < 0.35:
            wait: dict[str, Any] = chance.choice([{}, {"retry_after": 1}, {"retry_after": 3}, {"retry_after": 500}])
            return Fails("ServerUnavailable", "answered 429", "answered", chance.choice([0.1, 2.0]), details=(wait,))
        if command.tool.startswith(("h.", "e.")) and not self.gentle and chance.random() < 0.1:
            kind = {"h.list": "Gone", "h.make": "Closed", "e.tell": "EventRefused"}.get(command.tool, "HttpRefused")
            return Fails(kind, "no", "answered", 0.1)
        return super().tool(command)

    def _value(self, tool: str, chance: Any) -> Any:
        match tool:
            case "h.list":
                return [{"id": f"r{number}"} for number in range(chance.randint(0, 5))]
            case "h.make":
                return {"id": "r1", "lines": ["a"], "note": None} if chance.random() > 0.05 else {"id": 7}
            case "h.drop" | "e.tell":
                return None
            case "l.sent" | "q.read":
                return f"r{chance.randint(0, 99)}"
            case _:
                return super()._value(tool, chance)
