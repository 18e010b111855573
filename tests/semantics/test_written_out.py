"""How large a function is where it is called: all that is written out is counted, and a bound is what still may be."""

import pytest

from dsl.analysis import analyse
from dsl.semantics.written_out import DEEPEST, LARGEST, TOO_MUCH, Size, sizes
from dsl.source import Source


def sized(*functions: str) -> dict[str, Size]:
    text = "\n".join(f"fn {each}" for each in functions)
    return sizes(analyse(Source("case.flow", f"edition 1\n{text}\nflow main() {{ }}")).facts)


@pytest.mark.parametrize(
    ("parts", "depth", "exceeds"),
    [
        (LARGEST, DEEPEST, False),
        (LARGEST + 1, 1, True),
        (1, DEEPEST + 1, True),
        (LARGEST + 1, DEEPEST + 1, True),
        (1, 1, False),
    ],
)
def test_what_is_too_large(parts: int, depth: int, exceeds: bool) -> None:
    assert Size(parts, depth, ()).exceeds is exceeds


def test_what_a_function_is() -> None:
    found = sized("one(n: int) -> int = n", "two(n: int) -> int = n + n", "deep(n: int) -> int = n + n * n")
    assert found == {"one": Size(1, 1, ()), "two": Size(3, 2, ()), "deep": Size(5, 3, ())}


def test_what_is_called_is_counted_as_often_as_it_is() -> None:
    found = sized("b(n: int) -> int = a(n) + a(n)", "a(n: int) -> int = n + n")
    (call,) = {sized("a(n: int) -> int = n + n", "c(n: int) -> int = a(n)")["c"].parts - 3}
    assert found["b"].parts == 1 + 2 * (call + 3)
    assert (found["b"].calls, found["a"].calls) == (("a",), ())
    assert found["b"].depth == 2 + found["a"].depth


def test_a_function_of_the_language_is_no_call() -> None:
    assert sized("a(t: text) -> int = len(t)")["a"].calls == ()


def test_what_calls_itself_has_no_size_nor_has_what_calls_that() -> None:
    found = sized(
        "a(n: int) -> int = b(n)", "b(n: int) -> int = a(n)", "c(n: int) -> int = a(n)", "d(n: int) -> int = n"
    )
    assert set(found) == {"d"}


def test_a_size_is_never_a_number_that_is_too_long() -> None:
    doubled = [f"f{at + 1}(n: int) -> int = f{at}(n) + f{at}(n)" for at in range(80)]
    found = sized("f0(n: int) -> int = n", *doubled)
    assert found["f80"].parts == TOO_MUCH
    assert found["f10"].parts < LARGEST * 10
    assert [found[f"f{at}"].exceeds for at in (1, 80)] == [False, True]
