"""Where values come from, through all flows of a file."""
