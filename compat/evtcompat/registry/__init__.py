"""The client of a schema registry that speaks Confluent's REST API."""
