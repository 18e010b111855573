"""What acts: tools, model attempts, and whatever else must not happen inside a workflow."""
