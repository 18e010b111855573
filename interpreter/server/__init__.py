"""The embedded Temporal server: one for each state folder, shared by the commands that run at once."""
