"""What is known of models without asking one: how much they answer, what they and their servers refuse, their names."""
