"""Limits that keep a hostile document from overflowing the stack of whatever reads it next."""

#: Arrays and objects may nest this deep. Beyond it `json.loads`, `jsonschema` and `fastavro` overflow the stack,
#: the last with a segmentation fault, so a deeper document is refused before any of them sees it.
MAXIMUM_NESTING = 1_100

#: YAML aliases may expand a document to this many nodes (the "billion laughs" attack stops here).
MAXIMUM_YAML_NODES = 2_000_000
