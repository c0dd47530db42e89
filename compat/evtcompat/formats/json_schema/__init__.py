"""JSON Schema: dialects, parse, policy, decision, proofs, values, witnesses."""
