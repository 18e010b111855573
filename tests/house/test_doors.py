"""The two public doors offer what they offered before.

`STEADFLOW_REWRITE=1` writes the lists anew; read the change before it is committed.
"""

import importlib
import os

import pytest

from tests.house.checkout import ROOT


@pytest.mark.parametrize("module", ["dsl.api", "interpreter.api"])
def test_the_public_names_are_locked(module: str) -> None:
    door = importlib.import_module(module)
    golden = ROOT / "tests" / "cases" / "house" / f"{module}.txt"
    offered = "".join(f"{name}\n" for name in sorted(door.__all__))
    if os.environ.get("STEADFLOW_REWRITE"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(offered, encoding="utf-8")
    assert offered == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("module", ["dsl.api", "interpreter.api"])
def test_every_public_name_is_there_and_explained(module: str) -> None:
    door = importlib.import_module(module)
    assert [name for name in door.__all__ if not getattr(door, name).__doc__] == []
