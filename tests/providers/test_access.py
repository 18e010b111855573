"""Keys and addresses as the environment has them: blanks around a key are taken off, what no key has is refused."""

import asyncio
from dataclasses import replace

import pytest

from dsl.models.configured import TABLE
from dsl.models.providers import Served
from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest
from interpreter.providers.access import (
    ADDRESS,
    AZURE_ADDRESS,
    AZURE_KEY,
    AZURE_VERSION,
    KEY,
    Access,
    UnusableAccess,
    access_in,
    access_of,
    address_in,
    key_in,
    usable_key,
)
from interpreter.providers.no_provider import NoProvider
from interpreter.providers.openai import OpenAIProvider
from interpreter.providers.provider import ProviderFailure
from interpreter.providers.registry import can_ask, lacking, provider_from_environment, secrets_in
from interpreter.providers.routing import Routed
from tests.providers.test_openai_oddities import Player, chunk, playing, stream

SECRET = "sk-CANARY"


@pytest.mark.parametrize("around", ["\n", "\r\n", " \t", "\u00a0", "\u2028"])
def test_key_with_a_line_end(around: str) -> None:
    assert key_in({KEY: f"{around}{SECRET}{around}"}) == SECRET


@pytest.mark.parametrize("text", ["\n", "  ", ""])
def test_a_key_of_nothing_but_blanks_is_no_key(text: str) -> None:
    assert not can_ask({KEY: text})
    provider = provider_from_environment(environment={KEY: text})
    assert isinstance(provider, Routed)
    assert isinstance(provider.providers[None], NoProvider)


@pytest.mark.parametrize("inside", ["\n", " ", "ä", "\u200b", "\ufeff", "\x01", "\0"])
def test_what_no_key_has_is_refused_and_the_key_is_not_told(inside: str) -> None:
    for refused in (key_in, can_ask, lambda found: provider_from_environment(environment=found)):
        with pytest.raises(UnusableAccess) as caught:
            refused({KEY: f"{SECRET}{inside}{SECRET}"})
        assert "at place 10 of 19" in str(caught.value)
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["localhost:1234", "http://", "http://a b/v1", "http://host:port/v1", "ftp://host", "http://h\n/v1"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UnusableAccess, match=ADDRESS):
        provider_from_environment(environment={KEY: SECRET, ADDRESS: text})


def test_white_space_around_an_address_is_none_of_it() -> None:
    assert address_in({ADDRESS: " http://localhost:1/v1\n"}) == "http://localhost:1/v1"


async def test_a_key_that_a_server_tells_back_is_not_passed_on() -> None:
    body = b'{"error": {"message": "wrong key test-key", "code": "test-key"}}'
    response = b"HTTP/1.1 401 No\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    async with playing(response) as (_, provider):
        with pytest.raises(ProviderFailure) as caught:
            await provider.chat(ChatRequest("a", "m", "hello"))
    assert caught.value.kind == failures.AUTHENTICATION
    assert "wrong key …" in caught.value.message
    assert "test-key" not in caught.value.message


async def test_a_request_that_cannot_be_made_costs_nothing_and_is_not_made_again() -> None:
    provider = OpenAIProvider(Access(SECRET, "nothing://localhost/v1"))
    with pytest.raises(ProviderFailure) as caught:
        await provider.chat(ChatRequest("a", "m", "hello"))
    assert (caught.value.kind, caught.value.charge) == (failures.INVALID_REQUEST, "none")
    await provider.close()


AZURE = {AZURE_ADDRESS: "https://ours.openai.azure.com", AZURE_KEY: SECRET}


def test_an_endpoint_of_azure_has_its_own_key_and_version() -> None:
    access = access_in({KEY: "sk-other", **AZURE})
    assert (access.key, access.key_name, access.version) == (SECRET, AZURE_KEY, "2024-10-21")
    assert access_in({**AZURE, AZURE_VERSION: " 2025-04-01-preview\n"}).version == "2025-04-01-preview"
    assert access_in({KEY: SECRET, AZURE_ADDRESS: AZURE[AZURE_ADDRESS]}).key_name == KEY
    with pytest.raises(UnusableAccess, match=AZURE_ADDRESS):
        access_in({**AZURE, AZURE_ADDRESS: "ours.openai.azure.com"})
    with pytest.raises(UnusableAccess, match=AZURE_VERSION):
        access_in({**AZURE, AZURE_VERSION: "2024 10"})
    with pytest.raises(UnusableAccess, match=f"{AZURE_KEY} has a blank"):
        access_in({**AZURE, AZURE_KEY: "a b"})


@pytest.mark.parametrize(
    "behind",
    [
        "/openai/deployments/gpt-4o/chat/completions?api-version=2025-01-01-preview",
        "/openai/deployments/gpt-4o",
        "/openai",
        "/openai/",
        "/?api-version=2025-01-01-preview",
    ],
)
def test_what_azures_pages_show_to_be_copied_is_refused_with_where_it_goes(behind: str) -> None:
    with pytest.raises(UnusableAccess, match=AZURE_ADDRESS) as caught:
        access_in({**AZURE, AZURE_ADDRESS: AZURE[AZURE_ADDRESS] + behind})
    assert "write it as https://NAME.openai.azure.com; the deployment is the model's name" in str(caught.value)
    assert AZURE_VERSION in str(caught.value)


def test_an_endpoint_of_azure_without_versions_is_one_of_openais_form() -> None:
    with pytest.raises(UnusableAccess, match=f"set {ADDRESS} to it instead, with the key in {KEY}"):
        access_in({**AZURE, AZURE_ADDRESS: "https://ours.openai.azure.com/openai/v1/"})
    assert access_in({**AZURE, AZURE_ADDRESS: "https://gateway.example.com/azure"}).version == "2024-10-21"


def test_without_a_key_azures_own_is_named() -> None:
    environment = {AZURE_ADDRESS: AZURE[AZURE_ADDRESS]}
    lack = lacking(["our-deployment"], TABLE, environment)
    assert lack is not None
    assert lack.lacks == AZURE_KEY
    assert access_in({**environment, AZURE_KEY: " ", KEY: SECRET}).key_name == KEY


async def test_azure_is_asked_in_its_form() -> None:
    player = Player(stream(chunk(content="hi"), chunk(finish="stop")))
    server = await asyncio.start_server(player.answer, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    provider = provider_from_environment(environment={AZURE_KEY: "test-key", AZURE_ADDRESS: address})
    async with server:
        result = await provider.chat(ChatRequest("a", "azure/our-deployment", "hello"))
        await provider.close()
    assert result.output == "hi"
    first, *headers = player.heads[0].splitlines()
    assert first.startswith("POST /openai/deployments/our-deployment/chat/completions?api-version=2024-10-21 ")
    assert "api-key: test-key" in headers


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("wrong key sk-CANARY-0000!", "wrong key …!"),
        ("WRONG KEY SK-CANARY-0000", "WRONG KEY …"),
        ("wrong key sk-CANA…", "wrong key …"),
        ("wrong key sk-CANA******0000.", "wrong key …"),
        (
            "a password p%40ss-word-that-is-long in http://u:p@ss-word-that-is-long@host",
            "a password … in http://u:…@host",
        ),
    ],
)
def test_what_others_say_is_looked_through_for_the_key(said: str, told: str) -> None:
    access = Access("sk-CANARY-0000", "http://u:p@ss-word-that-is-long@host/v1")
    assert access.without_key(said) == told
    assert access.names_address == "asked at http://host/v1 (OPENAI_BASE_URL sets it)"


def test_a_key_that_is_a_word_is_taken_out_as_a_word_only() -> None:
    assert Access("test").without_key("the latest test, tested") == "the latest …, tested"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"Bearer {SECRET}", "Bearer"),
        (f"bearer\t{SECRET}", "bearer"),
        (f"Authorization: Bearer {SECRET}", "Authorization:"),
        (f"export {KEY}={SECRET}", "export"),
        (f"{KEY}={SECRET}", f"{KEY}="),
        *((f"{mark}{SECRET}{mark}", mark) for mark in "\"'`<“"),
    ],
)
def test_what_people_copy_with_a_key_is_refused_and_named(text: str, named: str) -> None:
    with pytest.raises(UnusableAccess) as caught:
        key_in({KEY: text})
    assert str(caught.value) == f"{KEY} has {named} around the key, which is none of it: leave that out"


@pytest.mark.parametrize("text", ["sk-proj-a_b-c==", "ABC=", "x=y", "AbC=1"])
def test_a_key_may_look_odd(text: str) -> None:
    assert key_in({KEY: text}) == text


@pytest.mark.parametrize("end", ["/chat/completions", "/v1/chat/completions/", "/completions", "/v1/responses"])
def test_what_is_added_to_an_address_is_named(end: str) -> None:
    with pytest.raises(UnusableAccess, match="which is added to it: leave that out"):
        access_in({KEY: SECRET, ADDRESS: f"http://localhost:1{end}?x=1"})


@pytest.mark.parametrize("host", ["💩", "１２７.0.0.1", "[v1.x]", "a" * 3000])
def test_an_address_that_the_client_cannot_use_is_refused_at_the_start(host: str) -> None:
    with pytest.raises(UnusableAccess, match=f"{ADDRESS} is no address: write it as https://host/v1"):
        provider_from_environment(environment={KEY: SECRET, ADDRESS: f"http://{host}/v1"})


@pytest.mark.parametrize(
    ("character", "told"),
    [
        (" ", "a blank or a line end"),
        ("\n", "a blank or a line end"),
        ("\u00a0", "a blank or a line end"),
        ("\x00", "a control character"),
        ("\x1b", "a control character"),
        ("\x7f", "a control character"),
        ("\x80", "a character beyond ASCII"),
        ("é", "a character beyond ASCII"),
        ("\u200b", "a character beyond ASCII"),
    ],
    ids=ascii,
)
def test_what_no_key_has_is_named_with_its_place(character: str, told: str) -> None:
    with pytest.raises(UnusableAccess) as caught:
        usable_key(f"ab{character}c", "ITS_NAME")
    assert str(caught.value) == f"ITS_NAME has {told} at place 3 of 4, which no key has: copy it again"


def test_every_character_that_can_be_seen_may_be_in_a_key() -> None:
    every = "".join(map(chr, range(0x21, 0x7F)))
    assert usable_key(f"x{every}") == f"x{every}"


@pytest.mark.parametrize(
    ("address", "host", "base", "query", "asked_at"),
    [
        (None, "api.openai.com", None, {}, "https://api.openai.com/v1"),
        ("http://Host:1/v1", "host:1", "http://Host:1/v1", {}, "http://host:1/v1"),
        ("http://u:p@h/v1?a=1&b=#c", "h", "http://u:p@h/v1", {"a": "1", "b": ""}, "http://h/v1"),
    ],
)
def test_the_parts_of_an_address(
    address: str | None, host: str, base: str | None, query: dict[str, str], asked_at: str
) -> None:
    access = Access("", address)
    assert (access.host, access.base, access.query) == (host, base, query)
    assert access.names_address == f"asked at {asked_at} (OPENAI_BASE_URL sets it)"
    assert access.names_key == f"the worker's environment has the key in OPENAI_API_KEY; {access.names_address}"
    assert Access("", address, "").names_key == f"the worker's environment has no key for it; {access.names_address}"


@pytest.mark.parametrize(
    ("secret", "text", "told"),
    [
        ("k" * 15, f"a{'k' * 15} {'k' * 15} {'k' * 15}9", f"a{'k' * 15} … {'k' * 15}9"),
        ("k" * 16, f"a{'k' * 16}9", "a…9"),
        ("abcdef-0", "abcdef…, abcde…, abcdef-…", "…, abcde…, …"),
        ("abcdef-0", "x abcd**** y ***z", "x … y ***z"),
        ('ab"cd\\ef-0', 'ab\\"cd\\\\ef-0 ab%22cd%5Cef-0', "… …"),
    ],
)
def test_how_a_key_is_taken_out_of_what_others_say(secret: str, text: str, told: str) -> None:
    assert Access(secret).without_key(text) == told


@pytest.mark.parametrize(("value", "told"), [("12345", "at 12345"), ("123456", "at …")])
def test_what_an_address_asks_with_is_secret_if_it_is_long_enough(value: str, told: str) -> None:
    assert Access("", f"http://h/v1?k={value}").without_key(f"at {value}") == told


LONG = "sk-0123456789abc"


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("", 0),
        ("x", 0),
        ("s", 1),
        ("a sk-", 3),
        (f"a {LONG[:-1]}", 15),
        (LONG, 0),
        (f"{LONG}s", 1),
        ("sk-s", 1),
        ("sk-0x", 0),
        (LONG[1:], 0),
    ],
)
def test_how_much_of_the_end_may_begin_the_key(text: str, begins: int) -> None:
    assert Access(LONG).begins_key(text) == begins
    assert Access(LONG[:-1]).begins_key(text) == 0, "a key that is so short may be a word"


def test_what_a_model_says_is_looked_through_for_a_key_that_is_no_word() -> None:
    assert Access(LONG).without_key_in_it(f"a{LONG}b {LONG[:-1]}") == f"a…b {LONG[:-1]}"
    assert Access(LONG[:-1]).without_key_in_it(LONG) == LONG


def test_whom_a_named_provider_is() -> None:
    served = Served("ours", "compatible", "http://h/v1", "OUR_KEY", id_header="X-Id", api="responses")
    where = "`address` in [providers.ours]"
    access = access_of(served, {"OUR_KEY": " k\n", KEY: SECRET})
    assert access == Access("k", "http://h/v1", "OUR_KEY", where, None, "responses", "X-Id")
    bare = Served("ours", "azure", "http://h", "")
    assert access_of(bare, {KEY: SECRET}) == Access("", "http://h", "", where, "2024-10-21")
    assert access_of(replace(bare, version="2025-01-01"), {}).version == "2025-01-01"


def test_who_can_be_asked() -> None:
    keyless, keyed = Served("a", "compatible", "http://h/v1", ""), Served("b", "compatible", "http://h/v1", "B_KEY")
    for served, environment, can in (
        ((), {}, False),
        ((), {KEY: "k"}, True),
        ((keyed,), {}, False),
        ((keyed,), {KEY: "k"}, True),
        ((keyed,), {"B_KEY": "k"}, True),
        ((keyed, keyless), {}, True),
    ):
        models = replace(TABLE, providers={each.name: each for each in served})
        assert can_ask(environment, models) is can
        assert secrets_in({**environment, "OTHER": "x"}, models) == frozenset(environment.values())


def test_what_is_lacking_is_that_of_the_first_where_none_can_be_asked() -> None:
    keyless, keyed = Served("a", "compatible", "http://h/v1", ""), Served("b", "compatible", "http://h/v1", "B_KEY")
    models = replace(TABLE, providers={"a": keyless, "b": keyed})

    def lacks(*asked: str, **environment: str) -> str | None:
        found = lacking(asked, models, environment)
        return None if found is None else found.lacks

    assert lacks() is None
    assert lacks("o3") == lacks("o3", "b/m") == KEY
    assert lacks("b/m") == lacks("b/m", "o3") == "B_KEY for the provider b"
    assert lacks("b/m", "a/m") is None
    assert lacks("b/m", B_KEY="k") is None
    assert lacks("o3", "b/m", B_KEY="k") is None
    assert lacks("o3", OPENAI_API_KEY="k") is None
    assert lacks("b/m", OPENAI_API_KEY="k") == "B_KEY for the provider b"
