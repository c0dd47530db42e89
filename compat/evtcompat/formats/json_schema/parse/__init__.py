"""From documents to schemas: what is written in a document, checked against its metaschema, with exact numbers."""
