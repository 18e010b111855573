"""What a flow comes to at most, known from its text before it runs."""
