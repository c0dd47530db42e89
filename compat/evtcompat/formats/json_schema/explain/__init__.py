"""What makes an incompatible pair incompatible: each cause named, placed in both documents, shown and mended.

The way of an explanation: `explanation` asks `search` for the causes. `search` takes an event that the reader refuses,
`failures` says at which keywords (by the validator), `diagnose` finds the rule that knows such a failure, the rule's
module (`json_schema.rules`) says what differs and what would fix it, `patched` applies that, and `questions` asks the
engine again, until nothing is refused any more. `fixes` proves what is suggested, `isolate` looks for an event that
shows one cause alone, `batch` asks about many places at once where there are very many causes.

`subschemas` is the index of one schema: its parts, where references lead, which places a validator's path means.
`applied` finds which subschemas of the writer speak of one place of an event.
"""
