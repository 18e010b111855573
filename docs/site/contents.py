"""What the site consists of, in its order: each page of the checkout, and where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Page:
    """`source` is a file of the checkout, `target` its place in the site; both end in `.md`."""

    title: str
    source: str
    target: str


HOME = Page("Home", "docs/README.md", "index.md")
START = (
    Page("Two commands", "README.md", "start.md"),
    Page("Tour", "docs/tour.md", "tour.md"),
    Page("Coming from elsewhere", "docs/coming-from.md", "coming-from.md"),
)
HOW_TO = (
    Page("Deploy a worker", "docs/how-to/deploy-a-worker.md", "how-to/deploy-a-worker.md"),
    Page("Answer approvals", "docs/how-to/answer-approvals.md", "how-to/answer-approvals.md"),
    Page("Give models a key", "docs/how-to/give-models-a-key.md", "how-to/give-models-a-key.md"),
    Page("Keep spending in bounds", "docs/how-to/keep-spending-in-bounds.md", "how-to/keep-spending-in-bounds.md"),
    Page("Run in CI", "docs/how-to/run-in-ci.md", "how-to/run-in-ci.md"),
    Page("Keep secrets secret", "docs/how-to/keep-secrets.md", "how-to/keep-secrets.md"),
    Page("Change a flow with runs under way", "docs/how-to/change-a-flow.md", "how-to/change-a-flow.md"),
    Page("Look into a stuck run", "docs/how-to/look-into-a-stuck-run.md", "how-to/look-into-a-stuck-run.md"),
    Page("Repair a run", "docs/how-to/repair-a-run.md", "how-to/repair-a-run.md"),
)
LANGUAGE = "grammar/README.md"
"""The reference of the language, which is one page in the checkout and one for each of its parts in the site."""

_REFERENCE = (
    Page("When something goes wrong", "grammar/contracts.md", "reference/contracts.md"),
    Page("Functions", "docs/functions.md", "reference/functions.md"),
    Page("Tools, types and errors", "docs/tools.md", "reference/tools.md"),
    Page("Agents", "docs/agents.md", "reference/agents.md"),
    Page("Models", "docs/models.md", "reference/models.md"),
    Page("MCP servers", "docs/mcp.md", "reference/mcp.md"),
    Page("Requests", "docs/http.md", "reference/http.md"),
    Page("Checking", "docs/checking.md", "reference/checking.md"),
    Page("Layout", "docs/layout.md", "reference/layout.md"),
    Page("Plans", "docs/plan.md", "reference/plan.md"),
    Page("Reports", "docs/report.md", "reference/report.md"),
    Page("Pictures", "docs/graph.md", "reference/graph.md"),
    Page("Signing off", "docs/signing.md", "reference/signing.md"),
    Page("Definitions as data", "docs/compile.md", "reference/compile.md"),
    Page("Operations", "docs/operations.md", "reference/operations.md"),
    Page("Encryption", "docs/encryption.md", "reference/encryption.md"),
)
EXPLANATIONS = (
    Page("Eleven failures", "docs/failures.md", "explanations/failures.md"),
    Page("Reliability", "docs/reliability.md", "explanations/reliability.md"),
    Page("Three jobs, four ways", "docs/comparison/README.md", "explanations/comparison.md"),
    Page("The language, inside", "dsl/README.md", "explanations/language.md"),
    Page("The run, inside", "interpreter/README.md", "explanations/run.md"),
)
EXAMPLES = Page("In reading order", "examples/README.md", "examples/index.md")
PROJECT = (
    Page("Changelog", "CHANGELOG.md", "project/changelog.md"),
    Page("Contributing", "CONTRIBUTING.md", "project/contributing.md"),
    Page("Flow files in VS Code", "editors/vscode/README.md", "project/vscode.md"),
)
CODES = Page("Codes", "dsl/diagnostics/codes.py", "codes/index.md")


def text_of(source: str) -> str:
    return (ROOT / source).read_text(encoding="utf-8")


def _new() -> Iterator[Page]:
    """Pages that nobody has given a place yet: they stand behind the reference, under their own title."""
    placed = {page.source for page in (HOME, *START, *HOW_TO, *_REFERENCE, *EXPLANATIONS)}
    for path in sorted((ROOT / "docs").rglob("*.md")):
        source = path.relative_to(ROOT).as_posix()
        if source not in placed:
            title = text_of(source).partition("\n")[0].removeprefix("# ")
            yield Page(title, source, f"reference/{source.removeprefix('docs/')}")


REFERENCE = (*_REFERENCE, *_new())
PAGES = (HOME, *START, *HOW_TO, *REFERENCE, *EXPLANATIONS, EXAMPLES, *PROJECT)
