"""`python -m interpreter.cli` is `dsl`, also where nothing is installed."""

from interpreter.cli.main import main

main()
