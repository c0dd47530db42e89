"""Schema registries with Confluent's REST API: asking them, naming what they hold, working without them."""
