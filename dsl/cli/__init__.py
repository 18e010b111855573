"""The commands of the language: `check`, `explain`, `hash`. The command `dsl` loads each when it is used."""
