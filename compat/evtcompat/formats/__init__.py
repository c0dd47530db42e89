"""Schema languages: each is one package behind `base.SchemaFormat`."""
