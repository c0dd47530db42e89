"""Text to documents, and pointers back to lines and columns. The only room that imports a YAML parser."""
