"""One layout for every text: `dsl fmt`."""
