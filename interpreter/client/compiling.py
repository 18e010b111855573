"""From a text to a sealed definition, through the whole check."""

from dsl.definition.seal import Sealed, UnknownFlow, seal
from dsl.source import Source
from interpreter.client.errors import FlowRefused, FlowUnreadable


def compile_flow(source: Source, flow: str | None) -> Sealed:
    """Seal `flow`, or the file's main flow. A text with errors is refused with all of them; warnings are no reason."""
    # The parser and all checks: a program that only looks at runs needs none of them.
    from dsl.analysis import analyse
    from dsl.linking.files import files_of

    analysis = analyse(source, files=files_of(source.name))
    errors = [diagnostic for diagnostic in analysis.diagnostics if diagnostic.severity == "error"]
    if errors:
        raise FlowRefused(analysis.source, errors)
    try:
        return seal(analysis.facts, analysis.source, flow, gates=analysis.gates, spends=analysis.spends)
    except UnknownFlow as error:
        raise FlowUnreadable(str(error)) from error
