"""A folder with flows, people and their keys, and a `SIGNERS`, for the tests of signing off."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dsl.definition.seal import Sealed
from interpreter.client.compiling import compile_flow
from interpreter.client.submission import read_source
from interpreter.identity.keys import SigningKey
from interpreter.identity.signatures import Signed, file_of, write_signatures
from interpreter.identity.signed_off import Standing, standing

PAY = """edition 1
use "lib/bank.flow"
flow pay(to: text) { step paid = bank.pay(to: to) }
"""
BANK = """edition 1
tool bank.pay(to: text) write keyed final
"""
TWO = """edition 1
flow one() {}
flow two(x: text) -> text { return x }
"""
GROUPS = {"ada": ["leads", "finance"], "ben": ["leads"], "cleo": ["finance"], "eve": []}


@dataclass
class Project:
    folder: Path
    keys: dict[str, SigningKey] = field(default_factory=dict)

    @property
    def pay(self) -> Path:
        return self.folder / "pay.flow"

    def people(self, **revoked: str) -> None:
        """Whose keys there are, with those that are revoked, by the name of the key."""
        rows = [
            {
                "name": name,
                "groups": groups,
                "keys": [
                    {"key": key.public.text, "revoked": at in revoked}
                    for at, key in self.keys.items()
                    if key.name == name
                ],
            }
            for name, groups in GROUPS.items()
        ]
        (self.folder / "people.yaml").write_text(yaml.safe_dump({"people": rows}))

    def signers(self, text: str, below: str = "") -> None:
        (self.folder / below / "SIGNERS").write_text(text)

    def sealed(self, file: Path | None = None, flow: str | None = None) -> Sealed:
        return compile_flow(read_source(file or self.pay), flow)

    def standing(self, file: Path | None = None, flow: str | None = None) -> Standing:
        return standing(file or self.pay, self.sealed(file, flow))

    def sign(self, *keys: str, file: Path | None = None, flow: str | None = None) -> None:
        """Whoever they are: what `dsl sign` would not do is done all the same."""
        for name in keys:
            found, key = self.standing(file, flow), self.keys[name]
            made = key.sign_off(found.version.flow, found.version.hash, key.name)
            version = found.version.with_(Signed(key.name, made.key, made.at, made.value))
            before = [] if found.before is None else [found.before.version]
            write_signatures(file_of(file or self.pay), [*found.others, *before, version])

    def edit(self, change: Callable[[Any], None], file: Path | None = None) -> None:
        """The file of signatures, as JSON."""
        place = file_of(file or self.pay)
        data = json.loads(place.read_text())
        change(data["signed"])
        place.write_text(json.dumps(data))

    def lacks(self, file: Path | None = None, flow: str | None = None) -> list[str]:
        return [each.name for each in self.standing(file, flow).missing for _ in range(each.required)]


def made_in(folder: Path) -> Project:
    (folder / ".git").mkdir()
    (folder / "lib").mkdir()
    (folder / "pay.flow").write_text(PAY)
    (folder / "two.flow").write_text(TWO)
    (folder / "lib" / "bank.flow").write_text(BANK)
    project = Project(folder, {name: SigningKey.new(name) for name in GROUPS})
    project.keys["ada's second"] = SigningKey.new("ada")
    project.keys["stranger"] = SigningKey.new("ada")
    strange = project.keys.pop("stranger")
    project.people()
    project.keys["stranger"] = strange
    project.signers("*  leads, finance\n")
    return project
