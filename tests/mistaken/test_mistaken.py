"""One mistake gives one message, and no fix makes a text worse: on the corpus of mistakes in the examples."""

from collections import Counter
from collections.abc import Iterator

import pytest

from dsl.analysis import analyse
from dsl.source import Source
from tests.mistaken.corpus import FILES, OF_A_KIND, Mistaken, corpus
from tests.mistaken.messages import table, told
from tests.mistaken.pairs import pairs

MOST = 0.012
"""How many mistakes may be told by more than one message: 12 of 1000."""
KNOWN_SEEDS = (0, 1, 2, 3, 4)


def test_one_mistake_gives_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    count_messages(0, 4, capsys)


@pytest.mark.soak
@pytest.mark.parametrize("seed", KNOWN_SEEDS)
def test_one_mistake_of_many_gives_one_message(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    count_messages(seed, OF_A_KIND, capsys)


def count_messages(seed: int, of_a_kind: int, capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[tuple[str, int]] = Counter()
    several = []
    for mistaken in corpus(seed, of_a_kind):
        messages = told(mistaken.text)
        counts[mistaken.kind, len(messages)] += 1
        if len(messages) > 1:
            several.append("\n    ".join((mistaken.name, *messages)))
    with capsys.disabled():
        print(f"\nhow many messages one mistake gives (seed {seed})\n{table(counts)}")
    assert len(several) <= MOST * sum(counts.values()), "\n".join(several)


def test_the_files_have_none() -> None:
    assert [told(path.read_text(encoding="utf-8")) for path in FILES] == [[]] * len(FILES)


def fixed(mistaken: Mistaken) -> Iterator[tuple[str, str]]:
    """Each fix of the first message, and the text with it."""
    for each in analyse(Source(mistaken.file, mistaken.text)).diagnostics:
        if each.fix is not None:
            span = each.fix.span
            text = mistaken.text[: span.start] + each.fix.replacement + mistaken.text[span.end :]
            yield f"{each.code} {each.message}: {each.fix}", text


@pytest.mark.parametrize(
    "of_a_kind",
    [
        pytest.param(3, marks=pytest.mark.slow),
        pytest.param(OF_A_KIND, marks=[pytest.mark.soak, pytest.mark.timeout(900)]),
    ],
)
def test_no_fix_makes_a_text_worse(of_a_kind: int) -> None:
    """With it there is one message less, and none that was not there."""
    worse = []
    tried = 0
    for mistaken in corpus(2, of_a_kind):
        before = len(told(mistaken.text))
        for what, text in fixed(mistaken):
            tried += 1
            after = told(text)
            if len(after) >= before and after:
                worse.append("\n    ".join((mistaken.name, what, *after)))
    assert tried > 8 * of_a_kind
    assert worse == [], "\n".join(worse)


MOST_HIDDEN = 0.07
"""How many of two mistakes in two declarations may hide one another: those that are about what is damaged."""


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_mistake_is_told_beside_one_in_another_declaration() -> None:
    tried = list(pairs(seed=0))
    hidden = [message for _, lost in tried for message in lost]
    assert len(tried) > 300
    assert sum(1 for _, lost in tried if lost) <= MOST_HIDDEN * len(tried), "\n".join(hidden)
