"""The schemas of one tree as subjects with histories, and what the configuration should say of them."""
