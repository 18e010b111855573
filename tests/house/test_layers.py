"""The picture of the layers in each README is the contract that `make lint` checks."""

import re
import tomllib
from typing import Any

import pytest

from tests.house.checkout import ROOT


@pytest.mark.parametrize("package", ["dsl", "interpreter"])
def test_the_picture_is_the_contract(package: str) -> None:
    readme = (ROOT / package / "README.md").read_text(encoding="utf-8")
    (drawn,) = re.findall(r"## Who may import whom.*?^```\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert [line.split(" | ") for line in drawn.splitlines()] == _layers(package)


def _layers(package: str) -> list[list[str]]:
    """The contract's layers, without what is not built yet."""
    (layers,) = (contract["layers"] for contract in _contracts() if contract.get("containers") == [package])
    named = ([name.strip("() ") for name in layer.split("|")] for layer in layers)
    return [there for layer in named if (there := [name for name in layer if _exists(package, name)])]


def _contracts() -> list[dict[str, Any]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts: list[dict[str, Any]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return contracts


def _exists(package: str, name: str) -> bool:
    place = ROOT / package / name
    return (place / "__init__.py").is_file() or place.with_suffix(".py").is_file()


def test_the_contract_names_every_part_of_the_walk() -> None:
    parts = {f"dsl.semantics.{path.stem}" for path in (ROOT / "dsl" / "semantics").glob("walk_*.py")}
    (contract,) = (each for each in _contracts() if each["name"] == "A part of the walk knows no other part")
    assert set(contract["modules"]) == parts
