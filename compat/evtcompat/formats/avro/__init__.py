"""Avro as the specification, Confluent registries and real decoders read it.

Its modules stand on floors, and use only what is on their own floor or below; `tests/formats/avro/test_floors.py` holds
which is on which:

1. schema: documents, types, names, parsing, defaults, paths
2. judging: the kinds of difference, what a rule is made of, patches, minimal pairs
3. rules: one module each
4. compatibility: the walk that gives the verdict, and the registry's
5. decoders: models of Avro Java and fastavro; lint; what keeps a registry from registering a schema
6. payloads: values, bytes, witnesses; recorded events
7. explanation: the walk that meets differences, fixes, evidence
8. format: what a comparison is asked, behind `SchemaFormat`
"""
