"""The syntax tree: frozen nodes, one generic traversal, one address for each statement."""
