"""What a note ignores is gone from every report, and what is wrong with a note can be mended by its fix."""

import pytest

from dsl.analysis import analyse
from dsl.source import Source

TEXT = """edition 1
tool crm.read(id: text) -> text read
flow main(id: text) -> text {
  step a = crm.read(id: id)  # dsl: ignore[%s] it warms the cache
  return id
}
"""
ALONE = """edition 1
flow main(id: text) -> text {
  # dsl: ignore[SF603] it warms the cache
  return id
}
"""


def told(text: str) -> list[str]:
    return [each.code for each in analyse(Source("case.flow", text)).diagnostics]


def mended(text: str) -> str:
    (fix,) = [each.fix for each in analyse(Source("case.flow", text)).diagnostics if each.fix is not None]
    return text[: fix.span.start] + fix.replacement + text[fix.span.end :]


@pytest.mark.parametrize(
    ("codes", "code"),
    [("SF603, SF305", "SF609"), ("SF305,SF603 ,SF603", "SF609"), ("SF663, SF603", "SF011"), ("SF063", "SF011")],
)
def test_a_fix_leaves_a_note_that_is_right(codes: str, code: str) -> None:
    assert code in told(TEXT % codes)
    assert told(mended(TEXT % codes)) == []


def test_a_note_that_ignores_nothing_is_taken_out_with_its_line() -> None:
    assert mended(ALONE) == "edition 1\nflow main(id: text) -> text {\n  return id\n}\n"


def test_a_note_behind_code_leaves_the_code() -> None:
    text = ALONE.replace("\n  # dsl", "  # dsl")
    assert mended(text) == "edition 1\nflow main(id: text) -> text {\n  return id\n}\n"


def test_a_note_changes_no_other_line() -> None:
    text = TEXT % "SF603"
    assert told(text) == []
    assert told(text.replace("  return", "  step b = crm.read(id: id)\n  return")) == ["SF603"]
    assert told("\n" + text) == []
