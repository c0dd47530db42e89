"""AsyncAPI documents, versions 2.0 to 3.1: their messages are events."""
