"""Whether a definition is signed off: by whom, whose signature counts for nothing and why, and who is missing.

A signature counts for a flow of one name and one hash, of somebody whose key the people file has, which was not
revoked, under the name that the file gives. A person counts once.
"""

import base64
import binascii
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsl.definition.seal import Sealed
from interpreter.boundary.persons import person_form, same_person
from interpreter.boundary.statements import definition_statement
from interpreter.identity.people import KnownKey, People, read_people
from interpreter.identity.signatures import Signed, Version, file_of, read_signatures
from interpreter.identity.signers import Demand, Wanted, demands, files_of

PEOPLE = "people.yaml"
VARIABLE = "STEADFLOW_PEOPLE"


@dataclass(frozen=True)
class Standing:
    """How a flow of a file stands: its version with the signatures that count (`signed`, by person), those that do not
    (`void`, in words), what is `missing` of the demands, and the version that was signed `before`. `others` are the
    versions of other flows of the file."""

    file: Path
    version: Version
    demands: tuple[Demand, ...]
    signed: Mapping[str, tuple[KnownKey, Signed]]
    void: tuple[str, ...]
    missing: tuple[Wanted, ...]
    before: "Earlier | None"
    others: tuple[Version, ...]
    people: People

    @property
    def is_signed_off(self) -> bool:
        """What nobody demands to be signed is so by anybody's signature."""
        return not self.missing and bool(self.demands or self.signed)

    def with_(self, signature: Signed) -> list[Version]:
        """All versions of the file when somebody has signed this one too: what came before stays until this one is
        complete."""
        version, known = self.version.with_(signature), self.people[signature.key]
        signed = {**self.signed, person_form(known.person): (known, signature)}
        is_complete = not list(missing(self.demands, signed))
        before = [] if is_complete or self.before is None else [self.before.version]
        return [*self.others, *before, version]


@dataclass(frozen=True)
class Earlier:
    """Another version of the same flow that somebody signed, and by whom it counts."""

    version: Version
    signed: Mapping[str, tuple[KnownKey, Signed]]


def people_of(flow_file: Path) -> Path:
    """The people file that the environment names, as for workers; else that beside the outermost `SIGNERS`, and without
    one, beside the flow."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    return (files_of(flow_file) or [flow_file.resolve()])[-1].with_name(PEOPLE)


def standing(flow_file: Path, sealed: Sealed, people_file: Path | None = None) -> Standing:
    """Raises `UnusableSigners` and `UnusablePeople`."""
    asked = tuple(demands(flow_file, sealed.flow))
    place = people_file or people_of(flow_file)
    there = people_file is not None or VARIABLE in os.environ or place.exists()
    people = read_people(place) if there else {}
    versions = read_signatures(file_of(flow_file.resolve()))
    of_flow = [each for each in versions if each.flow == sealed.flow]
    current = next((each for each in of_flow if each.hash == sealed.hash), None)
    void: list[str] = []
    version = Version(sealed.flow, sealed.hash, sealed.json)
    if current is not None and current.is_itself:
        version = current
    elif current is not None:
        void.append(f"what is recorded of `{sealed.flow}` is not what its hash says: something was edited")
    signed = counting(version, people, place, void)
    return Standing(
        flow_file,
        version,
        asked,
        signed,
        tuple(void),
        tuple(missing(asked, signed)),
        _earlier([each for each in of_flow if each.hash != sealed.hash], people, place, asked),
        tuple(each for each in versions if each.flow != sealed.flow),
        people,
    )


def last_signed(flow_file: Path) -> dict[str, Earlier]:
    """By flow, the version of the file that was signed off last; where none is whole, the last that anybody signed.
    Raises `UnusableSigners` and `UnusablePeople`."""
    versions = read_signatures(file_of(flow_file.resolve()))
    if not versions:
        return {}
    place = people_of(flow_file)
    people = read_people(place)
    found: dict[str, Earlier] = {}
    for flow in dict.fromkeys(each.flow for each in versions):
        of_flow = [each for each in versions if each.flow == flow]
        last = _earlier(of_flow, people, place, tuple(demands(flow_file, flow)))
        if last is not None:
            found[flow] = last
    return found


def missing(asked: Sequence[Demand], signed: Mapping[str, tuple[KnownKey, Signed]]) -> Iterator[Wanted]:
    known = {form: each for form, (each, _) in signed.items()}
    found = (wanted for demand in asked for wanted in demand.missing(known))
    yield from dict.fromkeys(found)


def _earlier(versions: Sequence[Version], people: People, place: Path, asked: Sequence[Demand]) -> Earlier | None:
    """The latest of those that were complete, else of those that anybody signed."""
    counted = [Earlier(each, counting(each, people, place, [])) for each in versions]
    some = [each for each in counted if each.signed]

    def rank(each: Earlier) -> tuple[bool, int]:
        return not list(missing(asked, each.signed)), max(signed.at for _, signed in each.signed.values())

    return max(some, key=rank, default=None)


def counting(version: Version, people: People, place: Path, void: list[str]) -> dict[str, tuple[KnownKey, Signed]]:
    """By person, the first of each; what does not count is said in `void`."""
    found: dict[str, tuple[KnownKey, Signed]] = {}
    for each in version.signatures if version.is_itself else ():
        known = people.get(each.key)
        problem = _problem(each, known, version, place)
        if problem is not None or known is None:
            void.append(problem or "")
            continue
        found.setdefault(person_form(known.person), (known, each))
    return found


def _problem(each: Signed, known: KnownKey | None, version: Version, place: Path) -> str | None:
    if known is None:
        return f"the key {each.key}, of `{each.by}`, belongs to nobody in {place}"
    if known.revoked:
        return f"the key {each.key} of `{known.person}` was revoked"
    if not same_person(each.by, known.person):
        return f"the key {each.key} is `{known.person}`'s, and the signature says that it is of `{each.by}`"
    said = definition_statement(version.flow, version.hash, each.by, each.at)
    if not known.key.has_signed(said, _bytes(each.value)):
        return (
            f"the signature of `{known.person}` does not fit `{version.flow}` as it is recorded: something was edited"
        )
    return None


def _bytes(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return b""
