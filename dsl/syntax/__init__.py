"""From text to tree: the grammar's tables, tokens, the automaton, recovery, and one builder function for each rule."""
