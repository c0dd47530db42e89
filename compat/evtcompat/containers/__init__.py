"""Documents that hold the schemas of several events, of more than one schema language."""
