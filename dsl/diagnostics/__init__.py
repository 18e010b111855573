"""What is wrong with a text, as values: found anywhere, worded once, shown in several formats."""
