"""Running consumers over the matrix: sequences, transports."""
