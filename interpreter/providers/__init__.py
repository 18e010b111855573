"""Who answers for an agent: one attempt at one model, its failures told apart."""
