"""Who answers: keys of people, the worker's people file, and the verdict on an answer."""
