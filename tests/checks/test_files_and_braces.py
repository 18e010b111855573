"""Which files a model is shown, and which braces of a text close nothing."""

import pytest

from tests.checks.test_at_its_edges import told


@pytest.mark.parametrize(
    ("type_", "shown", "told_of"),
    [
        ("file", "{{ x }}", True),
        ("file?", "{{ x }}", True),
        ("[file] at most 3", "{{ x }}", True),
        ("[text] at most 3", "{{ x }}", False),
        ("[int] at most 3", "{{ x }}", False),
        ("text", "{{ x }}", False),
        ("file", "{{ x.name }}", False),
        ('file matches "text/plain"', "{{ x }}", False),
        ('file matches "image/.*"', "{{ x }}", True),
        ('file matches "audio/.*"', "{{ x }}", False),
    ],
)
def test_a_model_that_takes_no_files_is_shown_none(type_: str, shown: str, told_of: bool) -> None:
    text = f'agent a(x: {type_}) -> text {{ model "gpt-3.5-turbo" prompt "See {shown}." }}\nflow main() {{ sleep 1s }}'
    assert any("is a file, and the model" in each for each in told("SF405", text)) is told_of


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ('"a }}"', 1),
        ('"{{ n }} }}"', 1),
        ('"{{ n }} a }}"', 1),
        ('"{{ n }} {a {b}}"', 0),
        ('"}}"', 0),
        ('"a } }"', 0),
        ('"{{ n }}"', 0),
        ('"a }} b }}"', 1),
        ('"{ a }} b"', 0),
        ('"{a}} b }}"', 1),
    ],
)
def test_braces_that_close_nothing(text: str, times: int) -> None:
    found = told("SF010", f"flow main(n: text) -> text {{ return {text} }}")
    assert [each for each in found if each.startswith("`}}` closes nothing")] == found
    assert len(found) == times
