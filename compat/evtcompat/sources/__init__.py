"""Where a history comes from: files, git, registry, lock. All I/O of a check is here and in the registry client."""
