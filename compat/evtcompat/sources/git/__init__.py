"""Everything that runs git; nothing outside this package does."""
