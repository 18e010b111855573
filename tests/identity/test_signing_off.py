"""What is signed off, and what is not: ways to have a definition pass that nobody approved, each of which fails."""

from pathlib import Path
from typing import Any

import pytest

from interpreter.boundary.payloads import Answer
from interpreter.boundary.statements import definition_statement
from interpreter.client.errors import Unsigned
from interpreter.client.signed import refuse_unsigned
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
        ("pay.flow", PAY.replace("to: to", 'to: "{{ to }}!"'), [("flow", "pay", "changed")]),
        ("lib/bank.flow", BANK.replace(" keyed", ""), [("tool", "bank.pay", "changed")]),
        (
            "pay.flow",
            PAY.replace("bank.pay(to: to)", "mine(to: to)") + "tool mine(to: text) write keyed final\n",
            [("flow", "pay", "changed"), ("tool", "bank.pay", "removed"), ("tool", "mine", "added")],
        ),
    ],
    ids=["the text", "a file that it uses", "another tool"],
)
def test_what_was_edited_after_it_was_signed_is_not_signed(
    project: Project, file: str, text: str, changed: list[tuple[str, str, str]]
) -> None:
    project.sign("ben", "cleo")
    (project.folder / file).write_text(text)
    found = project.standing()
    assert [wanted.name for wanted in found.missing] == ["leads", "finance"]
    assert [(each.of, each.name, each.how) for each in found.changes] == changed
    with pytest.raises(Unsigned) as refused:
        refuse_unsigned(project.sealed())
    for part in ('somebody of "leads"', "which ben, cleo signed", changed[0][1]):
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
        lambda signed: signed[0].update(declarations={}),
        lambda signed: signed[0]["declarations"].update({"tool bank.pay": "0" * 32}),
        lambda signed: signed[0]["declarations"].update({"tool bank.take": "0" * 32}),
        lambda signed: signed.clear(),
    ],
    ids=["time", "bytes", "text", "name", "flow", "hash", "no declarations", "a declaration", "one more", "nothing"],
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
    made = key.sign_off(version.flow, version.hash, version.digest, "ben")
    write_signatures(file_of(project.pay), [version.with_(Signed("ben", made.key, made.at, made.value))])
    assert project.lacks() == ["leads"]
    assert "is `cleo`'s, and the signature says that it is of `ben`" in project.standing().void[0]
    key = project.keys["ben"]
    made = key.sign_off(version.flow, version.hash, version.digest, "eve")
    write_signatures(file_of(project.pay), [version.with_(Signed("eve", made.key, made.at, made.value))])
    assert project.lacks() == ["leads"]


def test_what_is_signed_of_this_version_is_what_its_text_says(project: Project) -> None:
    """Or the next version would be said to differ less, or more, than it does."""
    project.signers("*  leads\n")
    found, key = project.standing().version, project.keys["ben"]
    version = Version(found.flow, found.hash, {**found.declarations, "tool bank.pay": "0" * 32})
    made = key.sign_off(version.flow, version.hash, version.digest, "ben")
    write_signatures(file_of(project.pay), [version.with_(Signed("ben", made.key, made.at, made.value))])
    assert project.lacks() == ["leads"]
    project.sign("ben")
    assert project.lacks() == []


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


def test_what_was_signed_before_is_not_renamed_to_what_is_there_now(project: Project) -> None:
    project.sign("ben", "cleo")
    now = PAY.replace("to: to", 'to: "me"')
    project.pay.write_text(now)
    project.edit(lambda signed: signed[0].update(hash=project.sealed().hash))
    assert project.lacks() == ["leads", "finance"]
    assert any("something was edited" in reason for reason in project.standing().void)


def test_changes_cannot_be_hidden_by_an_edited_record(project: Project) -> None:
    """The declarations of the earlier version are signed too."""
    project.sign("ben", "cleo")
    project.pay.write_text(PAY.replace("to: to", 'to: "me"'))
    now = dict(project.standing().version.declarations)
    project.edit(lambda signed: signed[0].update(declarations=now))
    found = project.standing()
    assert (found.before, found.changes) == (None, ())
    assert [each.name for each in found.missing] == ["leads", "finance"]


def test_a_signed_answer_to_a_question_is_no_signature_of_a_definition(project: Project) -> None:
    project.signers("*  leads\n")
    project.sign("ben")
    key, version = project.keys["ben"], project.standing().version
    answer = Answer("ok", "approve", None, "ben", None, None, None, version.digest)
    made = key.sign(answer, version.hash)
    project.edit(edited("value", made.value))
    assert project.lacks() == ["leads"]


def test_what_is_signed_is_these_bytes() -> None:
    said = definition_statement("pay", "ab", "cd", "ädа", 7)
    assert said == (
        b'steadflow definition 1\n{"at":7,"by":"\\u00e4d\\u0430","declarations":"cd","flow":"pay","hash":"ab"}'
    )


def test_what_came_before_stays_until_the_next_is_complete(project: Project) -> None:
    """So the version that still runs is signed off in the meantime, and what has changed can be told."""
    project.sign("ben", "cleo")
    before = project.sealed().hash
    project.pay.write_text(PAY.replace("to: to", 'to: "me"'))
    found, key = project.standing(), project.keys["ben"]
    made = key.sign_off(found.version.flow, found.version.hash, found.version.digest, "ben")
    versions = found.with_(Signed("ben", made.key, made.at, made.value))
    assert [each.hash for each in versions] == [before, found.version.hash]
    project.sign("ben")
    found, key = project.standing(), project.keys["cleo"]
    made = key.sign_off(found.version.flow, found.version.hash, found.version.digest, "cleo")
    versions = found.with_(Signed("cleo", made.key, made.at, made.value))
    assert [each.hash for each in versions] == [found.version.hash]


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
        ('{"format": 1, "signed": [{"flow": 1, "hash": "", "declarations": {}, "signatures": []}]}', "expected a text"),
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
