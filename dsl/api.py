"""The public door of the language: check a text, seal a flow of it, and read a sealed definition. It runs nothing."""

from dsl.analysis import Analysis, analyse
from dsl.definition.definition import Definition
from dsl.definition.seal import Sealed, UnknownFlow, seal
from dsl.definition.unseal import UnsealError, unseal
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.diagnostics.frame import frame
from dsl.linking.files import Files, files_of
from dsl.source import Source, Span

__all__ = [
    "Analysis",
    "Definition",
    "Diagnostic",
    "Files",
    "Fix",
    "Label",
    "Sealed",
    "Source",
    "Span",
    "UnknownFlow",
    "UnsealError",
    "analyse",
    "files_of",
    "frame",
    "seal",
    "unseal",
]
