"""From a plan to a report: compares, judges, and tells who deploys first. Reads and writes no files."""
