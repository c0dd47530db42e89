"""Where candidates and histories come from."""
