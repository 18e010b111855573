"""The tools of shop.flow. What they do is written to the file that SHOP_LOG names, one line for each effect."""

import os
from dataclasses import dataclass
from decimal import Decimal

from interpreter.api import ToolError, tool


@dataclass(frozen=True)
class Hold:
    id: str


@dataclass(frozen=True)
class Price:
    amount: Decimal


class OutOfStock(ToolError):
    pass


@tool("shop.reserve")
def reserve(item: str) -> Hold:
    write(f"reserve {item}")
    return Hold(f"hold-{item}")


@tool("shop.release")
def release(id: str) -> None:
    write(f"release {id}")


@tool("shop.price")
def price(item: str) -> Price:
    if item == "moon":
        raise OutOfStock("there is only one moon")
    return Price(Decimal("12.50"))


def write(line: str) -> None:
    if "SHOP_LOG" in os.environ:
        with open(os.environ["SHOP_LOG"], "a", encoding="utf-8") as log:
            log.write(line + "\n")
