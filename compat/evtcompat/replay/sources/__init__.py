"""Where recorded events lie: files, tables, topics; how they are found, split and read."""
