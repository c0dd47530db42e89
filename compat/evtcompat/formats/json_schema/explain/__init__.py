"""Why a pair is incompatible: every cause with its rule, its place in both documents, an event that shows it, a fix.

An explanation runs through these files:

1. `explanation` collects what there is to say of a decided pair. For an incompatible one, `findings` makes a finding of
   each cause that `search` finds.
2. `search` takes an event that the reader refuses. `failures` lists the keywords that refuse it, as the validator
   reports them.
3. `diagnose` gives each failure to the rule that knows it (`json_schema.rules`), with a `context.FailureContext`. The
   rule answers with a `diagnosis.Diagnosis`: rule id, places, facts, suggested fixes.
4. `search` applies the suggested fix (`patched`) and asks the engine again (`questions`), until nothing is
   refused any more. Where there are very many causes, `batch` asks about all differing places at once.
5. `fixes` keeps the fixes that the engine proves, and `isolate` looks for an event that shows one cause alone.

`subschemas` is the index of one schema: its parts, where references lead, which place a validator's path means.
`applied` finds the subschemas of the writer that apply to one place of an event.
"""
