"""`SIGNERS`: who must sign which flows off, as `CODEOWNERS` says who must review which files.

    # pattern              who must sign
    *                      leads
    payments/              2 of finance, leads, person "ada"
    payments/pay.flow:try  finance
    drafts/                nobody

Of one file the last line that matches counts. A pattern without `/` matches in every folder; one that ends with `/`,
all below it; `:NAME` means one flow of a file. Each `SIGNERS` from the flow's folder upwards, to the one that has
`.git`, makes its demand: one that is further in may ask for more, and never for less.

A person counts once in a demand, also who is in several of its groups.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dsl.diagnostics.inert import is_active
from interpreter.boundary.persons import same_person
from interpreter.identity.errors import UnusableSigners
from interpreter.identity.people import KnownKey

NAME = "SIGNERS"
NOBODY = "nobody"
LARGEST_FILE = 1_000_000
LONGEST = 2_000
"""Characters of a line."""
MOST = 100
"""Signatures that one group may be asked for."""
_DEMAND = re.compile(r'(?:([0-9]{1,3}) +of +|(person) +)?(?:"([^"]+)"|([^\s",]+))')
_COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
"""One that stands in no quotes."""
_WORDS = frozenset({NOBODY, "person", "of"})
_FLOW = re.compile(r"(.+):([A-Za-z_][A-Za-z0-9_.]*)")


@dataclass(frozen=True)
class Wanted:
    """`required` persons of a group, or one person."""

    name: str
    required: int = 1
    is_person: bool = False

    def takes(self, known: KnownKey) -> bool:
        return same_person(self.name, known.person) if self.is_person else self.name in known.groups

    def __str__(self) -> str:
        many = "somebody" if self.required == 1 else str(self.required)
        return f'the person "{self.name}"' if self.is_person else f'{many} of "{self.name}"'


@dataclass(frozen=True)
class Demand:
    """A line that says who must sign a flow; nobody where nothing is `wanted`."""

    place: str
    wanted: tuple[Wanted, ...]

    def missing(self, signers: Mapping[str, KnownKey]) -> list[Wanted]:
        """What is not met by these persons, each of whom takes one seat: as many seats as can be are taken."""
        seats = [wanted for wanted in self.wanted for _ in range(wanted.required)]
        taken: dict[str, int] = {}
        for seat in range(len(seats)):
            _seated(seat, seats, signers, taken, set())
        free = [seats[seat] for seat in range(len(seats)) if seat not in taken.values()]
        counted = {wanted: free.count(wanted) for wanted in free}
        return [Wanted(wanted.name, number, wanted.is_person) for wanted, number in counted.items()]


def _seated(
    seat: int, seats: list[Wanted], signers: Mapping[str, KnownKey], taken: dict[str, int], asked: set[str]
) -> bool:
    """Whether somebody takes the seat, also by moving others on (augmenting paths)."""
    for person, known in signers.items():
        if person not in asked and seats[seat].takes(known):
            asked.add(person)
            if person not in taken or _seated(taken[person], seats, signers, taken, asked):
                taken[person] = seat
                return True
    return False


def files_of(flow_file: Path) -> list[Path]:
    """Each `SIGNERS` that a flow is under, the nearest first."""
    found = []
    folder = flow_file.resolve().parent
    for each in (folder, *folder.parents):
        if (each / NAME).is_file():
            found.append(each / NAME)
        if (each / ".git").exists():
            break
    return found


def demands(flow_file: Path, flow: str) -> list[Demand]:
    """Raises `UnusableSigners`."""
    found = (
        _last(_demands(file), flow_file.resolve().relative_to(file.parent).as_posix(), flow)
        for file in files_of(flow_file)
    )
    return [each for each in found if each is not None]


def _last(lines: Iterator[tuple[str, str | None, Demand]], path: str, flow: str) -> Demand | None:
    last = None
    for pattern, named, demand in lines:
        if named in (None, flow) and _matches(pattern, path):
            last = demand
    return last


def _demands(file: Path) -> Iterator[tuple[str, str | None, Demand]]:
    """Each line: its pattern, the flow that it names, and what it demands."""
    lines = _read(file).replace("\r\n", "\n").replace("\t", " ").split("\n")
    for number, line in enumerate(lines, 1):
        where = f"{file}:{number}"
        if len(line) > LONGEST or any(map(is_active, line)):
            raise UnusableSigners(f"{where}: it has characters that nobody sees, or more than {LONGEST:,}")
        said = line.split(" #")[0].strip()
        if not said or said.startswith("#"):
            continue
        pattern, *more = said.split(None, 1)
        if not more:
            raise UnusableSigners(f"{where}: who must sign `{pattern}`? a group, `2 of` one, a person, or `{NOBODY}`")
        flow = _FLOW.fullmatch(pattern)
        path, named = (pattern, None) if flow is None else (flow[1], flow[2])
        yield path, named, Demand(where, _wanted(more[0], where))


def _wanted(text: str, where: str) -> tuple[Wanted, ...]:
    if text.strip() == NOBODY:
        return ()
    found = []
    for part in _COMMA.split(text):
        said = _DEMAND.fullmatch(part.strip())
        number = int(said[1]) if said is not None and said[1] is not None else 1
        if said is None or not 1 <= number <= MOST or said[4] in _WORDS:
            raise UnusableSigners(f"{where}: `{part.strip()}` is no group, no `2 of` one, and no `person` with a name")
        found.append(Wanted(said[3] or said[4], number, said[2] is not None))
    return tuple(found)


def _matches(pattern: str, path: str) -> bool:
    """As `.gitignore` and `CODEOWNERS` do, without `[…]` and `!`."""
    if pattern == "/":
        return True
    anchored = "/" in pattern.rstrip("/")
    body = pattern.strip("/")
    regex = "".join(_PIECES.get(piece, re.escape(piece)) for piece in re.split(r"(\*\*/|\*\*|\*|\?)", body))
    below = "/.+" if pattern.endswith("/") else "(?:/.+)?" if anchored else ""
    return re.fullmatch(("" if anchored else "(?:.*/)?") + regex + below, path) is not None


_PIECES = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _read(file: Path) -> str:
    try:
        data = file.read_bytes()
        if len(data) > LARGEST_FILE:
            raise UnusableSigners(f"{file} is larger than {LARGEST_FILE:,} bytes")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UnusableSigners(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnusableSigners(f"{file} is not UTF-8 text: byte {error.start}") from error
