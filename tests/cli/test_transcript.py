"""`dsl transcript`: what agents were told and answered, as text, JSON and a page; and `dsl result` of it."""

from dataclasses import dataclass
from html.parser import HTMLParser

from interpreter.cli.transcript_lines import transcript_lines
from interpreter.cli.transcript_page import transcript_page
from interpreter.client.transcripts import Transcript
from tests.cli.conftest import CASES, Dsl

CALL = {"id": "c1", "name": "crm-read", "arguments": '{"id": "c-7"}'}


def no_content(digest: str) -> bytes | None:
    return None


TRANSCRIPT = Transcript(
    step="main/reply",
    agent="helper",
    model="gpt-4o",
    rehearsal=False,
    instructions="Be short.",
    messages=[
        {"role": "user", "text": "Who is c-7?"},
        {"role": "assistant", "text": "", "calls": [CALL]},
        {"role": "tool", "text": '{"name": "Ann"}', "call": "c1"},
        {"role": "assistant", "text": "Ann.\x1b[2J\n\u202eAnd more."},
    ],
)


def test_a_terminal_shows_who_said_what() -> None:
    assert list(transcript_lines(TRANSCRIPT)) == [
        "main/reply · helper · gpt-4o",
        "  system     │ Be short.",
        "  user       │ Who is c-7?",
        '  assistant  │ calls crm-read {"id": "c-7"}',
        '  tool       │ crm-read gives {"name": "Ann"}',
        "  assistant  │ Ann.\\u001b[2J",
        "             │ \\u202eAnd more.",
    ]


@dataclass
class _Page(HTMLParser):
    def __post_init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_nothing_that_was_said_becomes_a_part_of_the_page() -> None:
    page = _Page()
    hostile = '</pre></article><script>alert(1)</script><img src=x onerror="alert(2)">'
    said = {"role": '"><script>', "text": hostile, "calls": [{"id": "c", "name": hostile, "arguments": hostile}]}
    page.feed(transcript_page(hostile, [Transcript(hostile, hostile, hostile, True, hostile, [said])], no_content))
    assert not {"script", "img"} & set(page.tags)
    assert page.texts.count(hostile) == 4
    page = _Page()
    page.feed(transcript_page("r", [TRANSCRIPT], no_content))
    assert {"tool · crm-read", '{"name": "Ann"}', 'crm-read {"id": "c-7"}'} <= set(page.texts)


def test_an_image_is_shown_and_any_other_file_is_named() -> None:
    image = {"name": "<b>.png", "media_type": "image/png", "size": 3, "sha256": "ab"}
    files = [image, image | {"media_type": "image/svg+xml"}, image | {"size": 10**9}]
    said = {"role": "user", "text": "See.", "files": files}
    page = transcript_page("r", [Transcript("r/s", "a", "m", False, None, [said])], lambda digest: digest.encode())
    assert page.count("<img") == 1
    assert 'src="data:image/png;base64,YWI="' in page
    assert page.count("&lt;b&gt;.png (image/svg+xml, 3 bytes)") == 1
    assert "<b>" not in page


def test_each_step_is_told_with_what_it_went_on_with(dsl: Dsl) -> None:
    ended = dsl.here(
        "run", CASES / "talk.flow", "--set", 'mails=["one","two","three"]', "--id", "talked", "--rehearse", "--json"
    )
    assert ended.code == 0, ended.err
    talk = ended.events[-1]["value"]["talk"]
    assert [message["role"] for message in talk] == ["user", "assistant"] * 2
    assert [message["text"] for message in talk][::2] == ["two", "three"]
    steps = dsl.here("transcript", "talked", "--json").json["steps"]
    assert [each["step"] for each in steps] == [f"talk/for#2[{n}]/reply" for n in range(3)] + ["talk/verdict"]
    asked = [[message["text"] for message in each["messages"] if message["role"] == "user"] for each in steps]
    assert [each[1:] for each in asked[:2]] == [["one"], ["one", "two"]]
    assert asked[2:] == [["one", "two", "three"], ["What of 4?"]]
    assert steps[0]["instructions"] == "Be <b>short</b>."
    assert all(each["rehearsal"] for each in steps)
    text = dsl.here("transcript", "talked", "reply").out
    assert "(no model was asked)" in text
    assert "             │   user       │ <script>alert(1)</script> & more" in text
    assert "talk/verdict" not in text
    for path in ("talk/for#2[1]/reply", "talk/for[1]/reply", "for/[1]/reply", "[1]/reply"):
        assert len(dsl.here("transcript", "talked", path, "--json").json["steps"]) == 1
    assert "&lt;script&gt;alert(1)" in dsl.here("transcript", "talked", "--html").out
    unknown = dsl.here("transcript", "talked", "answer")
    assert unknown.code == 2
    assert "no step answer of the run talked has an answer of an agent; there is reply, verdict" in unknown.err
    assert "there is no run nowhere here" in dsl.here("transcript", "nowhere").err
    assert dsl.here("transcript", "talked", "--json", "--html").code == 2
