"""Every field that a definition can have is written by the decompiler, or follows from the others.

Tables and unions hold kinds of nodes; nothing else would hold a field that is added to one of them, and a text without
it would seal to another hash.
"""

import re
from dataclasses import fields

from dsl.definition.encode import NODES
from tests.house.checkout import ROOT

FOLLOWS = {
    ("AwaitApproval", "gates"): "filled in by sealing",
    ("ChosenGroup", "groups"): "filled in by sealing",
    ("FirstBranch", "branch"): "the name of what runs there",
    ("FlowDeclaration", "charges"): "filled in by sealing",
    ("FlowDeclaration", "most"): "filled in by sealing",
    ("FlowDeclaration", "usual"): "filled in by sealing",
    ("Match", "complete"): "filled in by sealing",
    ("Step", "transcript"): "filled in by sealing",
    ("ChosenLimit", "capped"): "constants are written out, so each that is left has a cap",
    ("GateRound", "source"): "of what sealing fills in",
    ("GatedCall", "rounds"): "of what sealing fills in",
}
"""What no text says, and why."""
NOT_SEALED = {
    *("ConfigDeclaration", "ConstantDeclaration", "FunctionDeclaration", "Module", "TypeDeclaration"),
    *("TypeFrom", "UseFile"),
}


def test_every_field_is_written_or_follows() -> None:
    files = sorted((ROOT / "dsl" / "decompiling").glob("*.py"))
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    read = set(re.findall(r"\.([a-z_]+)\b", text)) | set(re.findall(r"\b([a-z_]+)=", text))
    read |= {"tokens", "calls", "turns", "iterations"} & set(re.findall(r'"([a-z]+)"', text))
    missing = {
        (name, part.name)
        for name, cls in NODES.items()
        if name not in NOT_SEALED
        for part in fields(cls)
        if part.name not in read | {"span"}
    }
    assert missing - FOLLOWS.keys() == set(), "write them in dsl/decompiling, or say why they follow"
    assert {name for name, _ in FOLLOWS} <= NODES.keys()
