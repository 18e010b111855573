"""What is signed off, and what is not: ways to have a definition pass that nobody approved, each of which fails."""

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from dsl.definition.canonical import digest
from dsl.diagnostics.inert import inert_lines
from interpreter.boundary.payloads import Answer
from interpreter.boundary.statements import definition_statement
from interpreter.client.errors import Unsigned
from interpreter.client.signed import refuse_unsigned, since, told
from interpreter.identity.errors import UnusableSigners
from interpreter.identity.signatures import Signed, Version, file_of, read_signatures, write_signatures
from tests.identity.project import BANK, PAY, Project, made_in


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("STEADFLOW_PEOPLE", raising=False)
    return made_in(tmp_path)


def test_it_is_signed_off_when_everybody_has_signed(project: Project) -> None:
    assert project.lacks() == ["leads", "finance"]
    project.sign("ben")
    assert project.lacks() == ["finance"]
    with pytest.raises(Unsigned, match='lacks somebody of "finance"'):
        refuse_unsigned(project.sealed())
    project.sign("cleo")
    assert project.standing().is_signed_off
    refuse_unsigned(project.sealed())


def test_layout_and_comments_are_no_other_meaning(project: Project) -> None:
    project.sign("ben", "cleo")
    project.pay.write_text("# as it was\n" + PAY.replace("{ step", "{\n\n  step"))
    assert project.lacks() == []


@pytest.mark.parametrize(
    ("file", "text", "changed"),
    [
        (
            "pay.flow",
            PAY.replace("to: to", 'to: "{{ to }}!"'),
            'flow pay: step paid: argument to: to → "{{ to }}!"',
        ),
        ("lib/bank.flow", BANK.replace(" keyed", ""), "tool bank.pay: keyed removed (weaker)"),
        (
            "pay.flow",
            PAY.replace("bank.pay(to: to)", "mine(to: to)") + "tool mine(to: text) write keyed final\n",
            "tool mine: renamed: bank.pay → mine (BREAKING)",
        ),
    ],
    ids=["the text", "a file that it uses", "another tool"],
)
def test_what_was_edited_after_it_was_signed_is_not_signed(
    project: Project, file: str, text: str, changed: str
) -> None:
    project.sign("ben", "cleo")
    (project.folder / file).write_text(text)
    found = project.standing()
    assert [wanted.name for wanted in found.missing] == ["leads", "finance"]
    with pytest.raises(Unsigned) as refused:
        refuse_unsigned(project.sealed())
    for part in ('somebody of "leads"', "which ben, cleo signed", f"\n    {changed}"):
        assert part in str(refused.value)


def test_the_flows_of_a_file_are_signed_each_for_itself(project: Project) -> None:
    two = project.folder / "two.flow"
    project.sign("ben", "cleo", file=two, flow="one")
    assert (project.lacks(two, "one"), project.lacks(two, "two")) == ([], ["leads", "finance"])
    project.sign("ada", file=two, flow="two")
    assert (project.lacks(two, "one"), project.lacks(two, "two")) == ([], ["finance"])
    assert {each.flow for each in read_signatures(file_of(two))} == {"one", "two"}


def test_a_person_counts_once_with_two_keys_and_two_groups(project: Project) -> None:
    project.signers("*  2 of leads\n")
    project.sign("ada", "ada's second")
    assert project.lacks() == ["leads"]
    project.edit(lambda signed: signed[0]["signatures"].append(signed[0]["signatures"][0]))
    assert project.lacks() == ["leads"]
    project.signers("*  leads, finance\n")
    assert project.lacks() == ["finance"]


def test_people_take_the_seats_that_others_cannot(project: Project) -> None:
    """Ada could be of either group, and Ben of one only."""
    project.sign("ada", "ben")
    assert project.lacks() == []


def test_who_is_in_no_group_that_must_sign_counts_for_nothing(project: Project) -> None:
    project.sign("eve", "cleo")
    assert project.lacks() == ["leads"]


def test_a_key_that_is_not_known_counts_for_nothing(project: Project) -> None:
    project.sign("stranger", "cleo")
    assert project.lacks() == ["leads"]
    assert "belongs to nobody in" in project.standing().void[0]


def test_a_key_that_was_revoked_does_not_count_any_more(project: Project) -> None:
    project.sign("ben", "cleo")
    stranger = project.keys.pop("stranger")
    project.people(ben="gone")
    assert project.lacks() == ["leads"]
    assert "was revoked" in project.standing().void[0]
    project.keys["stranger"] = stranger


def test_without_people_nobody_is_known(project: Project) -> None:
    project.sign("ben", "cleo")
    (project.folder / "people.yaml").unlink()
    assert project.lacks() == ["leads", "finance"]


def test_the_people_of_the_environment_come_first(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.sign("ben", "cleo")
    elsewhere = project.folder / "lib" / "ours.yaml"
    elsewhere.write_text("people: []\n")
    monkeypatch.setenv("STEADFLOW_PEOPLE", str(elsewhere))
    assert project.lacks() == ["leads", "finance"]


def packed(definition: bytes) -> str:
    return base64.b64encode(zlib.compress(definition)).decode()


_BOMB = {"flow": "", "hash": "", "definition": packed(bytes(33_000_000)), "signatures": []}


def edited(name: str, value: object) -> Any:
    return lambda signed: signed[0]["signatures"][0].update({name: value})


@pytest.mark.parametrize(
    "change",
    [
        edited("at", 1),
        edited("value", "AAAA"),
        edited("value", "no base64"),
        edited("by", "eve"),
        lambda signed: signed[0].update(flow="other"),
        lambda signed: signed[0].update(hash="0" * 64),
        lambda signed: signed[0].update(definition=packed(b"{}")),
        lambda signed: signed.clear(),
    ],
    ids=["time", "bytes", "text", "name", "flow", "hash", "definition", "nothing"],
)
def test_an_edited_file_of_signatures_counts_for_nothing(project: Project, change: Any) -> None:
    project.signers("*  leads\n")
    project.sign("ben")
    assert project.lacks() == []
    project.edit(change)
    assert project.lacks() == ["leads"]


def test_a_key_signs_for_its_owner_alone(project: Project) -> None:
    """The signature holds, and the name in it is another's."""
    project.signers("*  leads\n")
    version, key = project.standing().version, project.keys["cleo"]
    made = key.sign_off(version.flow, version.hash, "ben")
    write_signatures(file_of(project.pay), [version.with_(Signed("ben", made.key, made.at, made.value))])
    assert project.lacks() == ["leads"]
    assert "is `cleo`'s, and the signature says that it is of `ben`" in project.standing().void[0]
    key = project.keys["ben"]
    made = key.sign_off(version.flow, version.hash, "eve")
    write_signatures(file_of(project.pay), [version.with_(Signed("eve", made.key, made.at, made.value))])
    assert project.lacks() == ["leads"]


def test_a_signature_of_another_flow_or_version_is_none_for_this(project: Project) -> None:
    project.signers("*  leads\n")
    two = project.folder / "two.flow"
    project.sign("ben", file=two, flow="one")
    (other,) = read_signatures(file_of(two))
    project.sign("cleo")
    taken = [{"by": each.by, "key": each.key, "at": each.at, "value": each.value} for each in other.signatures]
    project.edit(lambda signed: signed[0].update(signatures=taken))
    assert project.lacks() == ["leads"]
    assert "does not fit" in project.standing().void[0]


def test_no_line_of_a_refusal_is_made_by_what_is_in_the_file(project: Project) -> None:
    project.sign("stranger")
    project.edit(edited("by", "eve\n  signed by ben\r\u2028\u202e"))
    with pytest.raises(Unsigned) as refused:
        refuse_unsigned(project.sealed())
    assert [line[:20] for line in str(refused.value).split("\n")[1:]] == [
        "  the key " + project.keys["stranger"].public.id[:10]
    ]
    assert inert_lines(str(refused.value)) == str(refused.value)


def test_what_was_signed_before_is_not_renamed_to_what_is_there_now(project: Project) -> None:
    project.sign("ben", "cleo")
    now = PAY.replace("to: to", 'to: "me"')
    project.pay.write_text(now)
    project.edit(lambda signed: signed[0].update(hash=project.sealed().hash))
    assert project.lacks() == ["leads", "finance"]
    assert any("something was edited" in reason for reason in project.standing().void)


def test_changes_cannot_be_hidden_by_an_edited_record(project: Project) -> None:
    """The definition of the earlier version is what its hash says, or nothing is believed of it."""
    project.sign("ben", "cleo")
    project.pay.write_text(PAY.replace("to: to", 'to: "me"'))
    now = packed(project.standing().version.definition)
    project.edit(lambda signed: signed[0].update(definition=now))
    found = project.standing()
    assert (found.before, since(found)) == (None, ())
    assert [each.name for each in found.missing] == ["leads", "finance"]


def test_a_definition_that_nobody_can_read_any_more_is_told(project: Project) -> None:
    project.sign("ben", "cleo")
    project.pay.write_text(PAY.replace("to: to", 'to: "me"'))
    found = project.standing()
    old = Version("pay", digest(b"{}"), b"{}")
    made = project.keys["ben"].sign_off("pay", old.hash, "ben")
    write_signatures(file_of(project.pay), [old.with_(Signed("ben", made.key, made.at, made.value))])
    found = project.standing()
    assert since(found) is None
    assert "how it differs cannot be told" in "\n".join(told(found))


def test_a_signed_answer_to_a_question_is_no_signature_of_a_definition(project: Project) -> None:
    project.signers("*  leads\n")
    project.sign("ben")
    key, version = project.keys["ben"], project.standing().version
    answer = Answer("ok", "approve", None, "ben", None, None, None, version.hash)
    made = key.sign(answer, version.hash)
    project.edit(edited("value", made.value))
    assert project.lacks() == ["leads"]


def test_what_is_signed_is_these_bytes() -> None:
    said = definition_statement("pay", "ab", "ädа", 7)
    assert said == (b'steadflow definition 1\n{"at":7,"by":"\\u00e4d\\u0430","flow":"pay","hash":"ab"}')


def test_what_came_before_stays_until_the_next_is_complete(project: Project) -> None:
    """So the version that still runs is signed off in the meantime, and what has changed can be told."""
    project.sign("ben", "cleo")
    before = project.sealed().hash
    project.pay.write_text(PAY.replace("to: to", 'to: "me"'))
    found, key = project.standing(), project.keys["ben"]
    made = key.sign_off(found.version.flow, found.version.hash, "ben")
    versions = found.with_(Signed("ben", made.key, made.at, made.value))
    assert [each.hash for each in versions] == [before, found.version.hash]
    project.sign("ben")
    found, key = project.standing(), project.keys["cleo"]
    made = key.sign_off(found.version.flow, found.version.hash, "cleo")
    versions = found.with_(Signed("cleo", made.key, made.at, made.value))
    assert [each.hash for each in versions] == [found.version.hash]


def test_what_changed_is_told_from_the_last_version_that_was_complete(project: Project) -> None:
    """Not from one that a single person has signed since."""
    project.sign("ben", "cleo")
    complete = project.sealed().hash
    project.pay.write_text(PAY.replace("to: to", 'to: "me"'))
    project.sign("ben")
    project.pay.write_text(PAY.replace("to: to", 'to: "you"'))
    before = project.standing().before
    assert before is not None
    assert before.version.hash == complete


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be used"),
        ("[]", "expected an object"),
        ('{"format": 2, "signed": []}', "this version reads 1"),
        ('{"format": 1, "signed": [], "more": 1}', "expected an object"),
        ('{"format": 1, "signed": [{"flow": "a"}]}', "expected an object"),
        ("[" * 100_000, "cannot be used"),
        ('{"format": 1, "signed": {}}', "expected a list"),
        ('{"format": 1, "signed": [{"flow": 1, "hash": "", "definition": "", "signatures": []}]}', "expected a text"),
        ('{"format": 1, "signed": [{"flow": "", "hash": "", "definition": "?", "signatures": []}]}', "not as it was"),
        (json.dumps({"format": 1, "signed": [_BOMB]}), "too large"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(project: Project, text: str, said: str) -> None:
    file_of(project.pay).write_text(text)
    with pytest.raises(UnusableSigners, match=said):
        project.standing()
    with pytest.raises(Unsigned, match="cannot be told"):
        refuse_unsigned(project.sealed())


def test_one_version_twice_is_refused(project: Project) -> None:
    project.sign("ben")
    project.edit(lambda signed: signed.append(signed[0]))
    with pytest.raises(UnusableSigners, match="stands there twice"):
        project.standing()
