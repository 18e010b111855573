"""The picture of the layers in each README is the contract that `make lint` checks."""

import re
import tomllib

import pytest

from tests.house.checkout import ROOT


@pytest.mark.parametrize("package", ["dsl", "interpreter"])
def test_the_picture_is_the_contract(package: str) -> None:
    readme = (ROOT / package / "README.md").read_text(encoding="utf-8")
    (drawn,) = re.findall(r"## Who may import whom.*?^```\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert [line.split(" | ") for line in drawn.splitlines()] == _layers(package)


def _layers(package: str) -> list[list[str]]:
    """The contract's layers, without what is not built yet."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract.get("containers") == [package])
    named = ([name.strip("() ") for name in layer.split("|")] for layer in layers)
    return [there for layer in named if (there := [name for name in layer if _exists(package, name)])]


def _exists(package: str, name: str) -> bool:
    place = ROOT / package / name
    return (place / "__init__.py").is_file() or place.with_suffix(".py").is_file()
