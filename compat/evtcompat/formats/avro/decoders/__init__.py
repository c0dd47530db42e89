"""What real decoders do where it differs from the rules: models of Avro Java's and fastavro's resolution."""
