"""Where the tools of these tests run, as a worker's would."""

from interpreter.activities.running import ToolRunner

RUNNER = ToolRunner()
