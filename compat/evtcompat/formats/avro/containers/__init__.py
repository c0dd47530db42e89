"""Documents of Avro that hold several schemas."""
