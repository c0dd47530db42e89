"""OpenAPI documents, versions 3.0 and 3.1: what they send to others, webhooks and callbacks, are events."""
