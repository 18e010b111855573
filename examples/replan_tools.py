"""Tools of `replan.flow`: a tide table and a timetable. On Sundays no ferry leaves from the island."""

from interpreter.api import ToolError, tool

TIDES = {"harbour": {"high": "16:10", "low": "10:02"}}
FERRIES = {"sunday": [{"port": "harbour", "leaves": "17:00"}]}


@tool("tides.at")
def tides(port: str, day: str) -> dict[str, str]:
    if port not in TIDES:
        raise ToolError("UnknownPort", f"nobody knows the tides of {port}")
    return TIDES[port]


@tool("ferries.on")
def ferries(day: str) -> list[dict[str, str]]:
    return FERRIES.get(day.lower(), [])
