"""What is wrong with one text is found out, and kept. Click is not loaded for it."""

from typing import NamedTuple

from dsl import analysis
from dsl.cli.kept.answers import Answers
from dsl.cli.kept.recording import Recording
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.linking.files import files_of
from dsl.models.configured import Models
from dsl.source import Source


class Found(NamedTuple):
    """`source` has all that the file uses; `read`: paths that led to other files, or might have."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]
    read: tuple[str, ...] = ()


def find(source: Source, models: Models, answers: Answers, key: str | None) -> Found:
    """`key`: under which the answer is kept, None if it is not."""
    files = files_of(source.name)
    if files is None:
        found = analysis.analyse(source, models, files)
        return Found(found.source, found.diagnostics)
    recording = Recording(files.place, files.root, answers=answers)
    found = analysis.analyse(source, models, recording)
    answer = recording.answer(found.source, found.diagnostics)
    # What is said of models may have been written meanwhile: then nobody knows which of the two was read.
    if key is not None and answer is not None and answers.key(source.name, source.text, anew=True) == key:
        answers.keep(key, answer)
    return Found(found.source, found.diagnostics, (*recording.read, *recording.in_vain))
