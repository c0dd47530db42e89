"""What schemas compile into: sets of JSON values, closed under negation, and what can be told of one by its shape."""
