"""What survived and was judged, in `judged.yaml`: by file, by function, and by the line before and after.

    dsl/values/bounds.py:
      Bounds.holds:
        - change: if low <= value: -> if low < value:
          equivalent: why nobody can tell the difference
        - change: …
          accepted: why no test is wanted

Equivalents are no faults, and count nowhere. What is accepted stays a survivor, but is not listed again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests import yaml_files
from tests.mutants.mutations import Mutation

FILE = Path(__file__).with_name("judged.yaml")
AT_IMPORT = "(import)"
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Judgement:
    equivalent: bool
    because: str


def read(file: Path = FILE) -> dict[Key, Judgement]:
    found: dict[Key, Judgement] = {}
    for source, functions in (yaml_files.read(file) or {}).items():
        for function, entries in functions.items():
            for entry in entries:
                (word, because) = next((word, entry[word]) for word in ("equivalent", "accepted") if word in entry)
                assert set(entry) == {"change", word}, entry
                assert isinstance(because, str), entry
                key = (source, function, " ".join(entry["change"].split()))
                assert key not in found, f"judged twice: {key}"
                found[key] = Judgement(word == "equivalent", because)
    return found


def key(mutation: Mutation) -> Key:
    return mutation.file, mutation.function or AT_IMPORT, mutation.change


def outdated(judged: Iterable[Key], mutations: Iterable[Mutation]) -> list[Key]:
    """Judgements of what cannot be planted any more: the code was changed."""
    known = {key(each) for each in mutations}
    return [each for each in judged if each not in known]
