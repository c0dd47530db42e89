"""Confluent's REST API, as Confluent Schema Registry, Karapace, Redpanda and Apicurio (``ccompat``) speak it."""
