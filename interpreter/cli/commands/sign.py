"""`dsl sign`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dsl.analysis import Analysis
from dsl.cli.completing import flow_files, flows_of_the_file
from dsl.cli.reading import one_source, sources
from dsl.cli.searching import STDIN
from dsl.definition.seal import Sealed
from dsl.diagnostics.inert import inert
from dsl.differences.wording import in_a_line
from interpreter.boundary.persons import same_person
from interpreter.cli.planned import checked, sealed_flow
from interpreter.cli.printing import print_json
from interpreter.cli.problem import Misuse, Problem
from interpreter.cli.signing import key_option, read_key
from interpreter.client.signed import since, told
from interpreter.identity.errors import UnusablePeople, UnusableSigners
from interpreter.identity.keys import SigningKey
from interpreter.identity.people import KnownKey
from interpreter.identity.signatures import Signed, file_of, write_signatures
from interpreter.identity.signed_off import Standing, people_of, standing


@click.command(
    epilog="""\b
Examples:
  dsl sign support.flow --key ada.key
  dsl sign --check
  dsl sign --check flows/ --json
"""
)
@click.argument("paths", nargs=-1, shell_complete=flow_files, metavar="FILE|FOLDER…")
@click.option(
    "--flow",
    metavar="NAME",
    shell_complete=flows_of_the_file,
    help="Which flow of the file.  [default: the one that no other calls]",
)
@key_option
@click.option(
    "--people",
    type=click.Path(path_type=Path),
    envvar="STEADFLOW_PEOPLE",
    metavar="FILE",
    help="YAML with who there is, and their keys.  [env: STEADFLOW_PEOPLE; default: people.yaml beside SIGNERS]",
)
@click.option("--check", "checking", is_flag=True, help="Sign nothing: end with 1 where a signature is missing.")
@click.option("--json", "as_json", is_flag=True, help="With --check: print JSON.")
@click.pass_context
def sign(
    context: click.Context,
    paths: tuple[str, ...],
    flow: str | None,
    key_file: Path | None,
    people: Path | None,
    checking: bool,
    as_json: bool,
) -> None:
    """Sign off what a flow means, or say whose signature is missing.

    The signature is for the hash of the flow's meaning, and stands beside its file, in FILE.signed. Who must sign which
    files stands in SIGNERS, in their folder or above it.
    """
    if checking:
        _check(context, paths or (".",), flow, people, as_json)
        return
    if len(paths) != 1 or paths[0] == STDIN or as_json:
        raise click.UsageError("Name one file to sign; --check takes several, and --json.")
    key = read_key(key_file)
    if key is None:
        raise click.UsageError("Say with --key whose signature it is; `dsl keys new` makes a key.")
    analysis = checked(context, one_source(paths[0]))
    sealed = sealed_flow(analysis, flow)
    _sign(_standing(Path(paths[0]), sealed, people), key, people)
    lacking = _standing(Path(paths[0]), sealed, people).missing  # as it is read now
    if lacking:
        click.echo(inert(f"it still lacks {', '.join(map(str, lacking))}"))


def _sign(found: Standing, key: SigningKey, people: Path | None) -> None:
    version = found.version
    known = _known(found, key, people or people_of(found.file))
    made = key.sign_off(version.flow, version.hash, known.person)
    try:
        write_signatures(
            file_of(found.file.resolve()), found.with_(Signed(known.person, made.key, made.at, made.value))
        )
    except OSError as error:
        raise Problem(f"{file_of(found.file)} cannot be written: {error.strerror}") from error
    click.echo(
        inert(f"{found.file}: `{version.flow}` ({version.hash[:12]}) is signed by {known.person} (key {made.key})")
    )


def _known(found: Standing, key: SigningKey, place: Path) -> KnownKey:
    """Whose key it is. A signature that would count for nothing is not made."""
    known = found.people.get(key.public.id)
    if known is None:
        raise Misuse(
            f"the key {key.public.id} belongs to nobody in {place}; `dsl keys show` prints what it needs of it"
        )
    if known.revoked:
        raise Misuse(f"the key {key.public.id} of {known.person} was revoked")
    if key.name and not same_person(key.name, known.person):
        raise Misuse(f"the key is of {key.name}, and {place} says that it is of {known.person}")
    wanted = [wanted for demand in found.demands for wanted in demand.wanted]
    if found.demands and not any(each.takes(known) for each in wanted):
        whom = ", ".join(map(str, wanted)) or "nobody"
        raise Misuse(f"`{found.version.flow}` wants to be signed by {whom}, and {known.person} is none of them")
    return known


def _standing(file: Path, sealed: Sealed, people: Path | None) -> Standing:
    try:
        return standing(file, sealed, people)
    except (UnusablePeople, UnusableSigners) as error:
        raise Problem(str(error)) from error


# -- for CI


def _check(
    context: click.Context, paths: tuple[str, ...], flow: str | None, people: Path | None, as_json: bool
) -> None:
    found = [
        _standing(Path(given.source.name), sealed, people)
        for given in sources(paths)
        for sealed in _flows(checked(context, given), flow)
    ]
    demanded = [each for each in found if each.demands]
    if flow is not None and not found:
        raise Misuse(f"there is no flow `{flow}` in {', '.join(paths)}")
    if as_json:
        print_json([_row(each) for each in demanded])
    for each in () if as_json else demanded:
        for line in _lines(each):
            click.echo(inert(line))
    lacking = sum(bool(each.missing) for each in demanded)
    flows = "1 flow is" if len(demanded) == 1 else f"{len(demanded)} flows are"
    click.echo(f"{flows} to be signed off; {lacking} not yet", err=True)
    context.exit(1 if lacking else 0)


def _flows(analysis: Analysis, flow: str | None) -> Iterator[Sealed]:
    """Those that are started: whatever no other flow calls, or the one that is named."""
    startable = (each.name for each in analysis.program.graph.main() if not each.requires_approval)
    names = [each.name for each in analysis.flows if each.name == flow] if flow else startable
    yield from (sealed_flow(analysis, name) for name in names)


def _lines(found: Standing) -> list[str]:
    if found.missing:
        return told(found)
    by = ", ".join(known.person for known, _ in found.signed.values()) or "nobody, as SIGNERS says"
    return [f"{found.file}: `{found.version.flow}` ({found.version.hash[:12]}) is signed off by {by}"]


def _row(found: Standing) -> dict[str, Any]:
    before = found.before
    return {
        "file": str(found.file),
        "flow": found.version.flow,
        "hash": found.version.hash,
        "signed": [{"by": known.person, "key": each.key, "at": each.at} for known, each in found.signed.values()],
        "missing": [{"name": each.name, "required": each.required, "person": each.is_person} for each in found.missing],
        "void": list(found.void),
        "before": None if before is None else before.version.hash,
        "changes": [
            {"of": each.of, "name": each.name, "weight": each.weight, "said": in_a_line(each)}
            for each in since(found) or ()
        ],
    }
