"""Avro: parse, relation, values, witnesses, codecs."""
