"""What one schema alone says that its author hardly meant."""
