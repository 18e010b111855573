"""The list of commands: where each is, and what `dsl --help` says of it, which a test compares with its own words."""

from dsl.dataclass import dataclass


@dataclass(frozen=True)
class Entry:
    """`place` is `module:attribute`, loaded only when the command is used."""

    name: str
    place: str
    summary: str


SECTIONS: dict[str, tuple[Entry, ...]] = {
    "Write": (
        Entry("check", "dsl.cli.check:check", "Report every problem of flow files."),
        Entry("fmt", "dsl.cli.fmt:fmt", "Bring flow files into their one layout."),
        Entry("explain", "dsl.cli.explain:explain", "Explain a diagnostic code."),
        Entry("plan", "interpreter.cli.commands.plan:plan", "Say what a flow comes to at most, before it runs."),
        Entry("report", "interpreter.cli.commands.report:report", "Answer what an approver asks of a flow."),
        Entry("graph", "interpreter.cli.commands.graph:graph", "Draw a flow."),
        Entry(
            "sign",
            "interpreter.cli.commands.sign:sign",
            "Sign off what a flow means, or say whose signature is missing.",
        ),
        Entry(
            "diff",
            "interpreter.cli.commands.diff:diff",
            "Tell what two versions mean that is not the same.",
        ),
        Entry("hash", "dsl.cli.hash:hash_", "Print the hash of each flow's meaning."),
        Entry("compile", "dsl.cli.compile:compile_", "Write the sealed definition of a flow as JSON or YAML."),
        Entry(
            "decompile",
            "interpreter.cli.commands.decompile:decompile_",
            "Write a definition as a flow file, which has the same hash.",
        ),
        Entry("import", "dsl.cli.import_:import_", "Write an OpenAPI document as types and tools."),
        Entry("lock", "interpreter.cli.commands.lock:lock", "Pin what MCP servers offer."),
    ),
    "Run": (
        Entry("run", "interpreter.cli.commands.run:run", "Run a flow here and follow it to its end."),
        Entry("attach", "interpreter.cli.commands.attach:attach", "Come back to a run and carry it on."),
        Entry("submit", "interpreter.cli.commands.submit:submit", "Start a run and return its id at once."),
        Entry("worker", "interpreter.cli.commands.worker:worker", "Carry out runs and tools until stopped."),
        Entry(
            "upgrade",
            "interpreter.cli.commands.upgrade:upgrade",
            "Move a run that waits to another text of its flow.",
        ),
        Entry("cancel", "interpreter.cli.commands.cancel:cancel", "Cancel a run; what it did is undone."),
        Entry("terminate", "interpreter.cli.commands.terminate:terminate", "End a run at once; nothing is undone."),
        Entry("repair", "interpreter.cli.commands.repair:repair", "Undo what a run left that could not be undone."),
        Entry(
            "resolve",
            "interpreter.cli.commands.resolve:resolve",
            "Say what only a person can know: whether what a step did stands.",
        ),
    ),
    "Look": (
        Entry("runs", "interpreter.cli.commands.runs:runs", "List runs, or those that are stuck."),
        Entry("show", "interpreter.cli.commands.show:show", "Show how a run stands."),
        Entry("result", "interpreter.cli.commands.result:result", "Print the result of a run."),
        Entry("caps", "interpreter.cli.commands.caps:caps", "Show what is spent under the caps over runs."),
        Entry("costs", "interpreter.cli.commands.costs:costs", "Show what was spent, and on what."),
        Entry(
            "transcript",
            "interpreter.cli.commands.transcript:transcript",
            "Show what the agents of a run were told and what they answered.",
        ),
    ),
    "Answer": (
        Entry("approvals", "interpreter.cli.commands.approvals:approvals", "List the questions that are open."),
        Entry("approve", "interpreter.cli.commands.approve:approve", "Say yes to a question of a run."),
        Entry("reject", "interpreter.cli.commands.reject:reject", "Say no to a question of a run."),
        Entry("tell", "interpreter.cli.commands.tell:tell", "Say something to an agent that is under way."),
        Entry("send", "interpreter.cli.commands.send:send", "Send an event to a run that waits for it, or will."),
        Entry("keys", "interpreter.cli.commands.keys:keys", "Make and show the keys that people sign answers with."),
    ),
    "Operate": (
        Entry("store", "interpreter.cli.commands.store:store", "Remove what is stored and no run needs any more."),
        Entry("setup", "interpreter.cli.commands.setup:setup", "Register the search attributes on a server."),
        Entry(
            "encryption-key", "interpreter.cli.commands.encryption_key:encryption_key", "Make a key that encrypts runs."
        ),
        Entry(
            "codec-server", "interpreter.cli.commands.codec_server:codec_server", "Decrypt for Temporal's Web UI, here."
        ),
        Entry(
            "completion", "interpreter.cli.commands.completion:completion", "Print what makes a shell complete `dsl`."
        ),
    ),
}
