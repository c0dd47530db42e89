"""Rules about pairs of JSON Schemas, and about one of them: a module a family.

A module holds everything about its rules: the texts (`RULES`), and how a failure of the reader is recognised, described
and fixed, a function that the record of a keyword names (`keywords.keyword.Keyword.diagnose`).
`explain.context.FailureContext` is what it is given. Every error is raised only where an event was
found that the writer may produce and the reader refuses; a difference that refuses nothing is no finding.

The modules are imported to list the rules (`catalogue`), so they import nothing that compiles or decides.
"""
