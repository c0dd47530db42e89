"""The event that shows a pair to be incompatible: made small, and confirmed by others than who found it."""
