"""What a text means: types, names, facts about nodes in side tables, and findings that `checks` puts into words."""
