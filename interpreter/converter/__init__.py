"""What goes to Temporal and comes from it: JSON in the order in which it was written, and encrypted with a key."""
