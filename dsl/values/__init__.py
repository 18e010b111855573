"""Values against types: validation, defaults, the form on the wire, in the state, as JSON Schema, and signatures."""
