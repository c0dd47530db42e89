"""Values, types, branches and conditions of schemas in words, for findings and proofs."""
