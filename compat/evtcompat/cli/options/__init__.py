"""Options that several commands have, and the words and numbers that are given to them."""
