"""The language server: what a check says, in the editor, while a schema is typed."""
