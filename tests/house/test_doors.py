"""The two public doors offer what they offered before.

`--rewrite` writes the lists anew; read the change before it is committed.
"""

import importlib

import pytest

from tests.conftest import Golden
from tests.house.checkout import ROOT


@pytest.mark.parametrize("module", ["dsl.api", "interpreter.api"])
def test_the_public_names_are_locked(module: str, golden: Golden) -> None:
    door = importlib.import_module(module)
    offered = "".join(f"{name}\n" for name in sorted(door.__all__))
    golden(ROOT / "tests" / "cases" / "house" / f"{module}.txt", offered)


@pytest.mark.parametrize("module", ["dsl.api", "interpreter.api"])
def test_every_public_name_is_there_and_explained(module: str) -> None:
    door = importlib.import_module(module)
    assert [name for name in door.__all__ if not getattr(door, name).__doc__] == []
