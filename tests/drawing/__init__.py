"""Pictures of flows."""
