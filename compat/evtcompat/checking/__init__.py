"""From a plan to a report: compares, judges, and says who deploys first. Reads and writes no files."""
