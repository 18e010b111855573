"""The command `dsl`: what a person types, and what a person sees."""
