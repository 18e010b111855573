"""One file for each command. A command is loaded when it is typed, so each pays only for its own imports."""
