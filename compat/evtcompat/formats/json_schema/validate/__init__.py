"""The second opinion: an independent validator, `jsonschema`, on schemas and on instances.

A verdict that rests on reasoning is shown to somebody who reasons otherwise. `Validator` asks the library about
instances of one schema, `metaschema_error` about a schema; `library` is the only module that imports `jsonschema`.
"""
