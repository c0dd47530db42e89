"""Mathematics without schema words: intervals, multiples, regular languages."""
