"""What was read before a wait and decides a write behind it, through all flows of a file."""
