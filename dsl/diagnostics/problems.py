"""What is wrong, file by file."""

from collections.abc import Sequence
from typing import TypeAlias

from dsl.diagnostics.diagnostic import Diagnostic
from dsl.source import Source

Problems: TypeAlias = Sequence[tuple[Source, Sequence[Diagnostic]]]
