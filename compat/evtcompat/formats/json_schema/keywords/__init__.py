"""The keywords of JSON Schema: one record each, one module a family; `table` holds what follows from all of them.

A new keyword is a `keyword.Keyword` in the module of its family. The dialects, the check of documents against their
metaschemas, the compiler, the collection of annotations and the account of proofs read the records.

Sources: draft-zyp-json-schema-04 with draft-fge-json-schema-validation-00; draft-wright-json-schema-01 and
-validation-01 (draft 6); draft-handrews-json-schema-01 and -validation-01 (draft 7); draft-handrews-json-schema-02
(2019-09); draft-bhutton-json-schema-01 (2020-12).
"""
