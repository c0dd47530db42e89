"""Regular languages over Unicode, and the regular expressions of ECMA-262, without a word of schemas."""
