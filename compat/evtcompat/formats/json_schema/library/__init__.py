"""What the engine takes from `jsonschema`, the validator that gives the second opinion."""
