"""What each consumer needs of an event, what runs where, and in which order it may be deployed."""
