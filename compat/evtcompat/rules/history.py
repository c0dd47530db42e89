"""Rules about subjects, histories and the gate itself, the same for every format."""

from __future__ import annotations

from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

HISTORY_RULES: tuple[Rule, ...] = (
    Rule(
        id="published-version-edited",
        severity=Severity.WARNING,
        format=None,
        sentence="version {version} was already published, and its file was edited in place",
        what="The file of a version that stands at the baseline has another content now.",
        why=(
            "A version that is published is deployed: events were written with it and consumers decode with it. "
            "Editing its file changes none of them: the repository no longer says what is in use, and every later "
            "check compares with a schema that never existed. The edited schema is also compared with the published "
            "one, and what breaks is a finding of its own."
        ),
        example="`order-placed-v2.avsc` at the baseline has 3 fields; the same file has 4 fields in the candidate.",
        remedy="Restore the file, and put the change into a new version beside it (`order-placed-v3.avsc`).",
        limits=(
            "Layout, key order and comments are no edit. Files without a version in their name are not judged, nor "
            "versions that are called a draft or a snapshot (`2.0.0-draft`)."
        ),
    ),
    Rule(
        id="baseline-repaired",
        severity=Severity.WARNING,
        format=None,
        sentence=(
            "this file does not parse at the baseline ({reason}), nor in any commit before: the repair is compared "
            "with nothing"
        ),
        what="The candidate parses; its own file does not parse at the baseline, nor in any commit before.",
        why=(
            "What nobody can parse, nobody has deployed from there, so a change that repairs it may pass. But if "
            "events are written with some other copy of the schema, nothing has compared the candidate with that one."
        ),
        example='At the baseline a property has `"required": true`, where a list belongs; the candidate has the list.',
        remedy=(
            "Make sure that the repaired schema is what is in use, or compare it with what is: "
            "`evtcompat check SCHEMA --against FILE`."
        ),
        limits=(
            "Where an earlier commit has a content of the file that parses, the candidate is compared with the last "
            "such one instead, and this is no finding. What evtcompat does not read, but others may (a dialect that "
            "it does not know, a document that nests too deeply), makes the run unchecked all the same."
        ),
    ),
    Rule(
        id="produced-event-refused",
        severity=Severity.ERROR,
        format=None,
        sentence="the producer's {event} is refused by {who}: {reason}",
        what="An event that the producer really made is refused: by its own schema, or by a consumer's contract.",
        why=(
            "A schema promises what a producer sends; the producer's code decides. An event that breaks the promise "
            "reaches consumers all the same, as far as nobody validates it on the way."
        ),
        example='The schema requires `orderId`, and the code makes the event `{"order_id": "1"}`.',
        remedy="Mend the code that makes the event, or the schema that promises something else.",
        limits="Only the events that are shown to `evtcompat contract verify --produced` are tried.",
    ),
    Rule(
        id="model-refuses-event",
        severity=Severity.ERROR,
        format=None,
        sentence="the model {model} refuses an event that its schema takes: {reason}",
        what="The reader's Python model, tried on events of the writer, refuses one that its own schema accepts.",
        why=(
            "A model may ask for more than its schema says: a validator of its own, an address that has to exist, a "
            "number without a fraction in its text. What the consumer really runs is the model."
        ),
        example='A validator of `total` refuses 0, and the schema of the writer has `"minimum": 0`.',
        remedy=(
            "Say in the writer's schema what the reader asks for (`exclusiveMinimum`), or let the model take the event."
        ),
        limits=(
            "A few events at the boundaries of the writer's schema are tried, not all of them; one that the writer's "
            "own model refuses is none."
        ),
    ),
    Rule(
        id="subject-removed",
        severity=Severity.ERROR,
        format=None,
        sentence=(
            "subject {subject} is removed: its schema stands at the baseline, and no file holds it under that name "
            "any more"
        ),
        what="A subject of the baseline has no schema in the candidate.",
        why=(
            "Consumers of a removed subject keep running, and events of it may still lie in the topic. Without the "
            "schema nobody can check, generate or decode them, and a later subject of the same name starts without its "
            "history."
        ),
        example="`schemas/order-placed.avsc`, a file or a link to one, is deleted, or moved out of what is checked.",
        remedy=(
            "Keep the file until the last consumer is gone and no event is left. For a renamed file, map the subject "
            "to its new path in `[tool.evtcompat.subjects]`. To remove it all the same, "
            "waive the finding with the reason."
        ),
        limits=(
            "A file that moves and keeps its subject is not removed, and neither is a link where another one leads to "
            "the same file instead."
        ),
    ),
    Rule(
        id="channel-removed",
        severity=Severity.ERROR,
        format=None,
        sentence="channel {channel} {became}: who listens there gets no event any more",
        what="A channel that the document has at the baseline is not in it any more, or has another address.",
        why=(
            "Consumers subscribe to an address. One that is gone raises nothing: they wait, and events that are sent "
            "to another address pass them by."
        ),
        example="`shop.orders` is renamed to `shop.orders.v2` in the AsyncAPI document.",
        remedy=(
            "Keep the channel until its last consumer has moved; send to both addresses meanwhile. To remove it all "
            "the same, waive the finding with the reason."
        ),
        limits="A document that is deleted as a whole is told by its events.",
    ),
    Rule(
        id="channel-message-removed",
        severity=Severity.WARNING,
        format=None,
        sentence="channel {channel} does not carry the message {message} any more",
        what="A message that a channel has at the baseline is still in the document, and not on that channel.",
        why="Consumers of the channel that wait for this message get none, and nothing tells them so.",
        example="`OrderCancelled` moves from `shop.orders` to a channel of its own.",
        remedy="Send the message to both channels until its consumers have moved.",
        limits="A message that is gone from the document is a removed subject.",
    ),
    Rule(
        id="operation-removed",
        severity=Severity.WARNING,
        format=None,
        sentence="operation {operation} {became}",
        what="An operation that the document has at the baseline is not in it any more, or has another name.",
        why=(
            "The document no longer says that the application sends or receives there. Code that is generated from it "
            "loses the method, and whoever relies on the operation is not served."
        ),
        example="The operation `onOrderPlaced` is deleted from the AsyncAPI document.",
        remedy="Keep the operation until nobody relies on it, or waive the finding with the reason.",
    ),
    Rule(
        id="version-removed",
        severity=Severity.WARNING,
        format=None,
        sentence="version {version} of subject {subject} is removed, and the subject goes on with others",
        what="A version of the baseline has no file in the candidate, though the subject lives on.",
        why=(
            "A transitive level compares with every version that has a file. Events of the removed version may still "
            "be in the topic, and no check asks any more whether they can be read."
        ),
        example="`order-placed-v1.avsc` is deleted; `-v2` and `-v3` stay.",
        remedy="Restore the file; remove a version only when no event written with it is left, replays included.",
    ),
    Rule(
        id="version-not-recognised",
        severity=Severity.NOTE,
        format=None,
        sentence=(
            "{files} look like versions of one subject, and each is checked as a subject of its own; if they are "
            "versions, say so under `[subjects]` of the configuration: {line}"
        ),
        what=(
            "Names of files that differ in a number alone, which nothing marks as a version; or an event that is new "
            "in a version of its document, where one of the same last name ends."
        ),
        why=(
            "A number without a `v` is part of a name (`sha-256`). If these files are versions all the same, the "
            "newest is called new and is compared with nothing."
        ),
        example="`order-1.avsc` and `order-2.avsc`, with most fields in common.",
        remedy=(
            "List them under `[tool.evtcompat.subjects]`, the oldest first, or give them names that say it "
            '(`order-v1.avsc`). If they are not versions, `version-not-recognised = "off"` under '
            "`[tool.evtcompat.severity]` ends the note."
        ),
        limits=(
            "Told of files in one folder whose numbers follow one another, from 2 at the latest, and whose contents "
            "are alike by half, and of events of documents beside each other or of a shorter name in a registry; "
            "only where one of them is judged in the run. `evtcompat init` tells it of all."
        ),
    ),
    Rule(
        id="version-mark-differs",
        severity=Severity.NOTE,
        format=None,
        sentence=(
            "{mark} names the version, {said}: taken for no change; consumers that check it refuse the events of "
            "another version"
        ),
        what="A schema says of itself which version it is, as its path does, and so does the other.",
        why=(
            "Each version differs from every other by its mark alone, and a check that refused that would refuse all. "
            "A consumer that compares the mark, as a validator with `const` does, refuses the events of every other "
            "version all the same, whatever else is compatible."
        ),
        example='`"version": {"const": "2.0"}` in `v2.0/order.json`, and `"2.1"` in `v2.1/order.json`.',
        remedy=(
            "Let consumers choose the schema by the version that an event names, or let the newer schema list the "
            'older mark too. `version-mark-differs = "error"` under `[tool.evtcompat.severity]` refuses it, `"off"` '
            "ends the note."
        ),
        limits=(
            "A mark is a string that stands alone under `const` or `enum` and is the version of its path, in both, "
            "or a part of the namespace that names of types stand in. Any other constant that changes is a change."
        ),
    ),
    Rule(
        id="array-read-as-types",
        severity=Severity.NOTE,
        format=None,
        sentence=(
            "`{file}` {reading}; if the array is one schema whatever is in it, say so under `[subjects]` of the "
            "configuration: {line}"
        ),
        what="A file with an array is read as a list of types, now or before, and other types are in it.",
        why=(
            "In a union a new branch breaks consumers that have to read what is sent with it; in a list of types a new "
            "one is a new subject, and is compared with nothing. Which of the two an array is cannot be told from "
            "what is in it for certain."
        ),
        example="`[{OrderPlaced}, {OrderBatch with a list of OrderPlaced}]` gains `{OrderShipped}`.",
        remedy=(
            "List the file under `[subjects]` if consumers read the array as one schema. If it is a list of types, "
            '`array-read-as-types = "off"` under `[tool.evtcompat.severity]` ends the note.'
        ),
        limits="Told only of files that are compared with files; a registry keeps one schema a subject.",
    ),
    Rule(
        id="configuration-not-used",
        severity=Severity.NOTE,
        format=None,
        sentence=(
            "{files} {is} not used here, though schemas below are checked; this run uses {used}: run evtcompat there, "
            "or name the file with --config"
        ),
        what="A folder of schemas under check has a configuration of its own, nearer than the one of this run.",
        why=(
            "A run has one configuration: that of the folder it starts in, or the nearest above. What a folder below "
            "sets, its level for example, does not count for its schemas then."
        ),
        example="`evtcompat check` at the root of a repository, and `billing/evtcompat.toml` with a level of its own.",
        remedy=(
            "Run evtcompat in that folder, name the file with `--config`, or move its settings into the file that "
            'counts, as `[[overrides]]` with `paths`. If it is meant so, `configuration-not-used = "off"` under '
            "`[tool.evtcompat.severity]` ends the note."
        ),
        limits="Told of files above schemas that this run found, and never where `--config` names one.",
    ),
    Rule(
        id="pattern-matches-nothing",
        severity=Severity.WARNING,
        format=None,
        sentence="`{pattern}` under `{key}` matches no {noun}{meant}",
        what=("A pattern of `include`, `exclude`, `overrides` or `owners` in the configuration matches nothing."),
        why=(
            "What is mistyped has no effect: the subject keeps a weaker level, the files are not checked, nobody is "
            "told who deploys first. Nothing else shows it."
        ),
        example='`subjects = ["biling-*"]` with `level = "FULL_TRANSITIVE"`, and subjects called `billing-...`.',
        remedy="Correct the pattern, or remove it.",
        limits=(
            "Told only where everything that the configuration names is checked, and neither staged nor changed files "
            "alone nor a sparse checkout; of subjects only where all schemas can be read and files are compared with "
            "files. A pattern that matches any file counts as one that matches, whether a schema or not; so does one "
            "about what git ignores, about folders that are never entered, and in `exclude` about a kind of files in "
            "any folder (`**/*.tmpl.json`)."
        ),
    ),
    Rule(
        id="gate-weakened",
        severity=Severity.WARNING,
        format=None,
        sentence="this change weakens its own gate: {change}",
        what="The change under check also changes the configuration, the waivers or the lock, so that less is refused.",
        why=(
            "A change that lowers the level, silences a rule, leaves out a subject or waives a finding may be right, "
            "but somebody has to see it, and it must not let itself pass. So what it touches is judged by the gate of "
            "the baseline as well, and what that refuses counts until the weaker gate stands there: a change of the "
            "gate alone passes. Only a waiver, which names who answers for it, takes effect at once."
        ),
        example="`level` goes from FULL to BACKWARD in the same commit that breaks a consumer.",
        remedy=(
            "Make the change of the gate one of its own, reviewed by whoever owns the schemas. To make it a failure, "
            'set `gate-weakened = "error"` under `[tool.evtcompat.severity]`: the baseline\'s setting counts, so that '
            "the change cannot silence this rule for itself."
        ),
        limits=(
            "Settings are compared for every subject of the run and for every pattern of both configurations. Leaving "
            "out what never held a schema is no finding. Options on the command line and the CI job's own file are not "
            "seen. Outside git nothing shows what the gate was."
        ),
    ),
    Rule(
        id="waiver-expired",
        severity=Severity.ERROR,
        format=None,
        sentence="the waiver of {fingerprint} ({rule}, {subject}) expired on {expires}; its owner is {owner}",
        what="A waiver has passed its date; what it accepted counts again.",
        why="A waiver says until when somebody answers for a break. After that date nobody does.",
        example="`expires = 2026-06-30`, and today is 2026-07-01.",
        remedy="Mend the finding, or ask the owner to renew the entry with a new date and a reason that still holds.",
    ),
    Rule(
        id="waiver-expiring",
        severity=Severity.NOTE,
        format=None,
        sentence="the waiver of {fingerprint} ({rule}, {subject}) expires on {expires}; its owner is {owner}",
        what="A waiver that is in use expires within 14 days.",
        why="The finding that it accepts will count again, and the check will fail though nobody changed anything.",
        example="`expires = 2026-06-30`, and today is 2026-06-20.",
        remedy="Mend the finding before that date, or let the owner renew the entry.",
    ),
    Rule(
        id="waiver-unused",
        severity=Severity.WARNING,
        format=None,
        sentence="the waiver of {fingerprint} ({rule}, {subject}) accepts nothing: {reason}",
        what="A waiver names a finding that this run did not have, though it compared the subject.",
        why=(
            "The break was mended, or the fingerprint is mistyped and the waiver never worked. Either way the entry "
            "misleads its readers, and would silently accept the same break if it came back."
        ),
        example="The field got its default back; its waiver is still in the file.",
        remedy="Remove the entry.",
        limits=(
            "Only waivers of subjects that were compared are judged. A finding's identity holds the baseline, so that "
            "a waiver written against another baseline does not fit here."
        ),
    ),
    Rule(
        id="registry-disagrees",
        severity=Severity.WARNING,
        format=None,
        sentence="{registry} answers {answered}, where {predicted} was predicted; it says: {said}",
        what="With `--ask`, the live registry answers otherwise than evtcompat predicts.",
        why=(
            "The prediction follows Confluent's registry. Another product, another release or a setting that the API "
            "does not show may decide otherwise, and the registry's answer is what a deployment meets."
        ),
        example="A Karapace registry accepts a property that Confluent's rules refuse.",
        remedy="Trust the registry for what it will take, and the findings for what consumers can read.",
        limits="Only compared where the check runs at the level that the registry has for the subject.",
    ),
)
