"""What statements are called in a picture, where that is more than their word."""

from dsl.ast.shapes import shape
from dsl.ast.statements import FirstBranch, Handler, Loop, Parallel, ParallelFor, Set, Values
from dsl.drawing.said import asked_texts, budget_text, event_text, expression_text, length_text
from dsl.values.writing import type_text


def value_text(node: Values) -> str:
    """`var known: [text] = []`."""
    type_ = None if isinstance(node, Set) else node.type
    typed = "" if type_ is None else f": {type_text(type_)}"
    value = "" if node.value is None else f" = {expression_text(node.value)}"
    return f"{shape(node).word(node)} {node.name}{typed}{value}"


def result_lines(name: str | None) -> list[str]:
    return [] if name is None else [f"as {name}"]


def limit_lines(loop: Loop) -> list[str]:
    lines = [budget_text(loop.budget)]
    if loop.every is not None:
        lines.append(f"every {length_text(loop.every, loop.chosen_every)}")
    lines += ["keep going"] * loop.keep_going
    return lines + asked_texts(loop.asks)


def fan_title(word: str, node: Parallel | ParallelFor) -> str:
    first = "" if node.first is None or not node.first.several else f" first {node.first.count}"
    return f"{word}{first}{' keep going' if node.keep_going else ''}"


def handler_text(handler: Handler) -> str:
    words = ["on error", *([", ".join(handler.kinds)] if handler.kinds else [])]
    words += [f"as {handler.name}"] if handler.name is not None else []
    words += [f"if {expression_text(handler.condition)}"] if handler.condition is not None else []
    return " ".join(words)


def way_text(way: FirstBranch) -> str:
    if way.expected is not None:
        return event_text(way.expected)
    if way.after is not None:
        return f"after {length_text(way.after, way.chosen_after)}"
    return f"after until {expression_text(way.until)}" if way.until is not None else f"{way.branch} first"
