"""The jobs in LangGraph: `langgraph_jobs.py JOB THREAD [approve|cancel]` starts one, goes on with it, or answers it."""

import operator
import sys
import time
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send, interrupt
from world import FOLDER, NoCourier, act


# saga
class Order(TypedDict, total=False):
    id: str
    city: str
    done: list[str]
    failed: str


def doing(what: str) -> Any:
    def node(state: Order) -> Order:
        try:
            act(what, f"{state['id']}/{what}", state["city"])
        except NoCourier as error:
            return {"failed": str(error)}
        return {"done": [*state.get("done", []), what]}

    return node


UNDO = {"inventory.reserve": "inventory.release", "payments.charge": "payments.credit"}


def undo(state: Order) -> Order:
    for what in reversed(state.get("done", [])):
        if what in UNDO:
            act(UNDO[what], f"{state['id']}/{UNDO[what]}")
    return {}


def saga() -> StateGraph:
    graph = StateGraph(Order)
    names = ["inventory.reserve", "payments.charge", "shipping.dispatch"]
    for name, after in zip(names, [*names[1:], END], strict=True):
        graph.add_node(name, doing(name))
        graph.add_conditional_edges(name, lambda state, after=after: "undo" if state.get("failed") else after)
    graph.add_node("undo", undo)
    graph.add_edge(START, names[0])
    graph.add_edge("undo", END)
    return graph


# support
class Ticket(TypedDict, total=False):
    id: str
    asked: float
    approved: bool
    result: str


DEADLINE = 4.0


def ask(state: Ticket) -> Ticket:
    return {"asked": time.time()}


def decide(state: Ticket) -> Ticket:
    approved = interrupt("Refund 49.95?")
    return {"approved": approved and time.time() < state["asked"] + DEADLINE}


def refund(state: Ticket) -> Ticket:
    if not state["approved"]:
        return {"result": "declined"}
    return {"result": act("payments.refund", f"{state['id']}/refund")}


def support() -> StateGraph:
    graph = StateGraph(Ticket)
    for name, node, after in [("ask", ask, "decide"), ("decide", decide, "refund"), ("refund", refund, END)]:
        graph.add_node(name, node)
        graph.add_edge(name, after)
    graph.add_edge(START, "ask")
    return graph


# research
class Study(TypedDict, total=False):
    id: str
    question: str
    notes: Annotated[list[str], operator.add]


def one(state: Study) -> Study:
    return {"notes": [act(f"models.ask {state['question']}", f"{state['id']}/{state['question']}")]}


def research() -> StateGraph:
    graph = StateGraph(Study)
    graph.add_node("one", one)
    graph.add_conditional_edges(START, lambda state: [Send("one", {**state, "question": f"q{n}"}) for n in range(6)])
    graph.add_edge("one", END)
    return graph


def main(job: str, thread: str, what: str = "") -> None:
    given = {"saga": {"id": thread, "city": "Rome"}, "support": {"id": thread}, "research": {"id": thread}}[job]
    if thread.startswith("atlantis"):
        given["city"] = "Atlantis"
    graph = {"saga": saga, "support": support, "research": research}[job]()
    with SqliteSaver.from_conn_string(str(FOLDER / "langgraph.db")) as saver:
        compiled = graph.compile(checkpointer=saver)
        settings: Any = {"configurable": {"thread_id": thread}, "max_concurrency": 2}
        begun = compiled.get_state(settings)
        entered: Any = None if begun.next else given
        if what == "approve":
            entered = Command(resume=True)
        if what == "cancel":
            last = [*begun.values.get("done", [])][-1]
            compiled.update_state(settings, {"failed": "cancelled"}, as_node=last)
        print(compiled.invoke(entered, settings, durability="sync"))


if __name__ == "__main__":
    main(*sys.argv[1:])
