"""The nouns: documents, places, levels, mismatches, findings, witnesses, verdicts, reports. No I/O, no decisions."""
