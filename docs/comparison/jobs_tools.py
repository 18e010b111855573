"""The tools of `jobs.flow`."""

from world import NoCourier, act

from interpreter.api import ToolError, current, tool


def done(what: str, value: str = "") -> dict[str, str]:
    try:
        return {"id": act(what, current().key, value)}
    except NoCourier as error:
        raise ToolError("NoCourier", str(error)) from error


@tool("inventory.reserve")
def reserve() -> dict[str, str]:
    return done("inventory.reserve")


@tool("inventory.release")
def release() -> None:
    done("inventory.release")


@tool("payments.charge")
def charge() -> dict[str, str]:
    return done("payments.charge")


@tool("payments.credit")
def credit() -> None:
    done("payments.credit")


@tool("shipping.dispatch")
def dispatch(city: str) -> dict[str, str]:
    return done("shipping.dispatch", city)


@tool("payments.refund")
def refund() -> dict[str, str]:
    return done("payments.refund")


@tool("models.ask")
def ask(question: str) -> str:
    return act(f"models.ask {question}", current().key)
