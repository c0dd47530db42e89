"""Files of a tree as documents: found, recognised, opened, read, and where they find what they refer to."""
