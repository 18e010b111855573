"""The page about a night: first the verdict of each part, then the end of what each said."""

from collections.abc import Sequence

from tests.nightly.parts import Done


def page(title: str, done: Sequence[Done]) -> str:
    rows = [
        f"| {each.part.name} | {_verdict(each)} | {_minutes(each.seconds)} | {each.numbers or each.part.lacks} |"
        for each in done
    ]
    ends = [f"## {each.part.name}: {each.verdict}\n\nAll of it: `{each.log}`\n\n{_block(each.end)}" for each in done]
    head = ["| part | result | time | numbers |", "|---|---|---:|---|"]
    return "\n".join([f"# {title}", "", _summary(done), "", *head, *rows, "", "\n\n".join(ends), ""])


def sound(done: Sequence[Done]) -> bool:
    return all(each.verdict == "passed" for each in done)


def _summary(done: Sequence[Done]) -> str:
    bad = [f"{each.part.name} ({each.verdict})" for each in done if each.verdict != "passed"]
    return "Everything passed." if not bad else f"**Not sound: {', '.join(bad)}.**"


def _verdict(done: Done) -> str:
    return done.verdict if done.verdict == "passed" else f"**{done.verdict}**"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _block(lines: Sequence[str]) -> str:
    """Indented, so that nothing in it is taken for layout of the page."""
    return "\n".join(f"    {_plain(line)}" for line in lines) or "    (nothing)"


def _plain(line: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in line)
