"""Pictures of flows: one graph, and one writer for each format."""
