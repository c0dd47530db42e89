"""JSON Schema: dialects, parse, policy, relation, proofs, values, witnesses."""
