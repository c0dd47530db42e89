"""What commands that judge schemas work with: configuration and trees, what is checked with what, the gate."""
