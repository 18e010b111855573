"""Which definitions are signed off below a folder, by their hashes alone: what a worker can hold a run against.

A worker knows of a run the flow's name and the hash of its definition, not the file that it came from. So all
`*.signed` files below the folder are read, and each version in them counts for itself: under what the `SIGNERS` above
its file demand, with the keys of one people file. A flow that `nobody` must sign needs somebody's signature here all
the same: without one, nothing says its hash.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interpreter.identity.errors import UnusableSigners
from interpreter.identity.people import read_people
from interpreter.identity.signatures import SUFFIX, read_signatures
from interpreter.identity.signed_off import counting, missing, people_of
from interpreter.identity.signers import NAME, demands, files_of


@dataclass(frozen=True)
class Admitted:
    """A version of a flow that somebody signed; `lacks` says who has not, None that it is signed off."""

    flow: str
    hash: str
    file: Path
    lacks: str | None


def folder_of(signers: Path) -> Path:
    """From a `SIGNERS` or its folder to the folder. Raises `UnusableSigners` where none stands there."""
    folder = signers.resolve()
    if folder.name == NAME and folder.is_file():
        folder = folder.parent
    if not folder.is_dir() or not files_of(folder / "any.flow"):
        raise UnusableSigners(f"{signers} is no {NAME}, and no folder with one in it or above it")
    return folder


def signed_files(folder: Path) -> Iterator[Path]:
    """In an order that stays, and nothing hidden."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield Path(place) / name


def signed_below(folder: Path, people_file: Path | None = None) -> Iterator[Admitted]:
    """Each version that anybody signed. Raises `UnusableSigners` and `UnusablePeople`."""
    place = people_file or people_of(folder / "any.flow")
    people = read_people(place)
    for file in signed_files(folder):
        flow_file = file.with_name(file.name.removesuffix(SUFFIX))
        for version in read_signatures(file):
            asked = demands(flow_file, version.flow)
            signed = counting(version, people, place, [])
            if not signed:
                continue
            lacks = ", ".join(map(str, missing(asked, signed))) if asked else f"a line of a {NAME}"
            yield Admitted(version.flow, version.hash, file, lacks or None)
