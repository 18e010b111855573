"""Marks in words: `a.x, who {y: b}` comes as a whole of field `x` of parameter `a` and of what `who` answered, and its
field `y` of `b` too; `-` is a mark of nothing."""

from dsl.semantics.provenance.marks import Answered, Given, Mark, Sources


def told(mark: Mark) -> str:
    fields = ", ".join(f"{name}: {told(each)}" for name, each in sorted(mark.fields.items()))
    return sources(mark.sources) + (f" {{{fields}}}" if fields else "")


def sources(found: Sources) -> str:
    return ", ".join(sorted(map(_source, found))) or "-"


def _source(source: object) -> str:
    match source:
        case Given(parameter=parameter, path=path, without=without):
            return ".".join((parameter, *path)) + "".join(f" but {each}" for each in sorted(without))
        case Answered(call=call):
            return str(getattr(call, "target", None) or f"event {getattr(call, 'event', '?')}")
        case _:
            return f"sensitive {getattr(source, 'class_', '?')}"
