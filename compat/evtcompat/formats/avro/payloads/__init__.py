"""Payloads of Avro schemas: values that cover a schema, their bytes, and what decoders read from them."""
