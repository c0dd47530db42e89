"""Payloads of JSON Schemas: instances that cover a schema, and what a validator says of them."""
