"""The key of a provider is nowhere but in the environment, also where servers tell it back in every way they can."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.cli.conftest import Dsl
from tests.live.played_model import Plan, PlayedModel, Refuses, Says, Sends, played_model

pytestmark = pytest.mark.slow

KEY = 'sk-CANARY-7Hq"9\\+/w0rd-0000'
PASSWORD = "pass-of-the-address"
PLANTED = "planted-word-of-the-prompt"

FLOW = f"""edition 1
agent a() -> {{ s: text }} {{ model {" then ".join(f'"m{n}"' for n in range(10))} prompt "{PLANTED}" temperature 0.5 }}
flow main() -> text budget 10m, 900k tokens {{ step v = a() return v.s }}
"""


def telling(key: str) -> dict[str, list[Plan]]:
    """A model for each way in which a server tells the key back."""
    page = f"<html><h1>Bearer {key}</h1></html>"
    error = {"message": f"no {key}", "type": key, "code": key}
    body = {"model": key, "choices": [{"index": 0, "message": {"content": None, "refusal": f"I see {key}"}}]}
    plans: list[list[Plan]] = [
        [Refuses(401, f"Incorrect API key provided: {key}")],
        [Refuses(400, f"Authorization: Bearer {key} is not supported")],
        [Refuses(404, "x" * 590 + key)],
        [Sends(page, "text/html")],
        [Sends(json.dumps({"error": error | {"code": "invalid_api_key"}}))],
        [Sends(json.dumps(body))],
        [Sends(json.dumps({"error": {"message": key, "code": 400}}))],
        [Refuses(403, quote(key))],
        [Refuses(422, json.dumps({"input": {"headers": {"Authorization": f"Bearer {key}"}}}))],
        [Says('{"s": "hi"}')],
    ]
    return {f"m{number}": plan for number, plan in enumerate(plans)}


@pytest.fixture
def model() -> Iterator[PlayedModel]:
    with played_model() as server:
        server.plans = telling(KEY)
        yield server


def traces(dsl: Dsl, *words: str) -> list[str]:
    """The files of the run, its server and its logs in which one of the words stands."""
    wanted = [word.encode() for word in words]
    files = [path for folder in (dsl.state, dsl.folder) for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(word in path.read_bytes() for word in wanted)]


def test_the_key_stands_nowhere(dsl: Dsl, model: PlayedModel) -> None:
    (dsl.folder / "case.flow").write_text(FLOW)
    address = model.environment["OPENAI_BASE_URL"].replace("http://", f"http://user:{PASSWORD}@")
    dsl.environment |= {"OPENAI_API_KEY": f"\n{KEY}\r\n", "OPENAI_BASE_URL": address, "STEADFLOW_DEBUG": "1"}
    ended = dsl("run", "case.flow", "--json")
    assert ended.code == 0, ended.err
    assert all(len(model.asked[f"m{number}"]) >= 1 for number in range(10)), "each has told the key"
    assert "…" in ended.out
    shown = dsl("show", ended.events[-1]["run"])
    followed = dsl("run", "case.flow")

    encoded = base64.b64encode(KEY.encode()).decode()
    words = ("CANARY", "7Hq", "w0rd-0000", encoded[4:-4], PASSWORD)
    for text in (ended.out, ended.err, shown.out, shown.err, followed.out, followed.err):
        assert not [word for word in words if word in text]
    assert traces(dsl, PLANTED), "the search finds what is there"
    longer = [word for word in words if len(word) > 5]  # three letters stand in megabytes of a database by chance
    assert traces(dsl, *longer) == []
