"""What a declared request may say: statuses, methods, bodies, addresses, queries, credentials, and events."""

import pytest

from tests.checks.test_at_its_edges import says, told


@pytest.mark.parametrize(("status", "fits"), [(399, False), (400, True), (404, True), (599, True), (600, False)])
def test_statuses_that_say_an_error(status: int, fits: bool) -> None:
    tool = f'tool t() -> json read {{ http get "https://h.example.com/" errors Gone when {status} }}'
    text = f"{tool}\nflow main() -> json {{ step x = t() return x }}"
    says("SF409", text, None if fits else f"{status} says no error: statuses that do are 400 to 599 | leave it out")


IDLE = "flow main() { sleep 1s }"
METHODS = ("get", "head", "post", "put", "patch", "delete")
EFFECTS = ("read", "idempotent", "write final", "irreversible final")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("effect", EFFECTS)
def test_what_a_method_does_and_what_is_declared(method: str, effect: str) -> None:
    kind = effect.partition(" ")[0]
    text = f'tool t() {effect} {{ http {method} "https://h.example.com/" }}\nflow main() {{ sleep 1s }}'
    changes = f"`t` is `read`, and a `{method}` changes something | declare it "
    reads = f"`t` is `{kind}`, and a `{method}` changes nothing, as all servers have it | declare it `read`; or keep it"
    wanted = {
        ("get", "write"): reads,
        ("get", "irreversible"): reads,
        ("head", "write"): reads,
        ("head", "irreversible"): reads,
        ("put", "read"): f"{changes}`idempotent`",
        ("delete", "read"): f"{changes}`idempotent`",
        ("patch", "read"): f"{changes}`write`",
    }
    says("SF409", text, wanted.get((method, kind)))


@pytest.mark.parametrize("method", METHODS)
def test_who_has_a_body_and_whose_answer_has_one(method: str) -> None:
    effect = "read" if method in ("get", "head") else "write final"
    sent = f'tool t(x: text) {effect} {{ http {method} "https://h.example.com/" {{ body x }} }}\n{IDLE}'
    says("SF409", sent, f"a `{method}` has no body | put it into `query`" if effect == "read" else None)
    given = f'tool t() -> json {effect} {{ http {method} "https://h.example.com/" }}\nflow main() {{ sleep 1s }}'
    says("SF409", given, "the answer to a `head` has no body" if method == "head" else None)


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("https://h.example.com/", True),
        ("http://localhost/", True),
        ("http://localhost:81/", True),
        ("http://127.0.0.1/", True),
        ("http://[::1]:8080/", True),
        ("http://127.0.0.2/", False),
        ("http://h.example.com/", False),
    ],
)
def test_a_credential_goes_out_encrypted_or_stays_here(address: str, sent: bool) -> None:
    text = f'tool t() -> json read {{ http get "{address}" auth "A" }}\nflow main() {{ sleep 1s }}'
    says("SF409", text, None if sent else 'the credential "A" would be sent in plain text | write `https://`')


@pytest.mark.parametrize(
    ("type_", "address", "query"),
    [
        ("text", True, False),
        ("int", True, False),
        ("[text] at most 3", False, False),
        ("{ a: text, b: [int] at most 3, c: text? }", False, True),
        ("{ a: { b: text } }", False, False),
        ("{ a: [[int] at most 2] at most 3 }", False, False),
        ("map[text]", False, True),
        ("map[[text]]", False, True),
        ("map[map[text]]", False, False),
        ("json", True, False),
    ],
)
def test_what_fills_an_address_is_one_value_and_a_query_has_one_for_each_name(
    type_: str, address: bool, query: bool
) -> None:
    ends = "\nflow main() { sleep 1s }"
    filled = told("SF409", f'tool t(x: {type_}) -> json read {{ http get "https://h.example.com/{{{{ x }}}}" }}{ends}')
    assert (filled == []) is address
    asked = told(
        "SF409", f'tool t(x: {type_}) -> json read {{ http get "https://h.example.com/" {{ query x }} }}{ends}'
    )
    assert (asked == []) is query


@pytest.mark.parametrize(
    ("effect", "result", "words"),
    [
        ("write keyed", "", None),
        ("idempotent", "", None),
        ("write final", "", "it is keyed | write `write keyed`"),
        ("read", "", "that changes something, and gives nothing | write `write keyed`, without a result"),
        ("write keyed", "-> int", "gives nothing | write `write keyed`, without a result"),
    ],
)
def test_what_sends_an_event(effect: str, result: str, words: str | None) -> None:
    final = "" if effect == "idempotent" or effect == "read" else ' compensate none "so"'
    says(
        "SF409",
        f"tool t(run: text, x: text) {result} {effect} {{ emit paid to run{final} }}\nflow main() {{ sleep 1s }}",
        words,
    )
