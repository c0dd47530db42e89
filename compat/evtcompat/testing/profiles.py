"""How registries differ, as data. Karapace: recorded from 6.2.0. Confluent: what is known to differ from that."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """The behaviour of one kind of registry where they differ."""

    name: str
    #: Compatibility answers carry `messages` without ``verbose=true`` too.
    always_messages: bool
    #: What a user without the right gets: (status, error code).
    forbidden: tuple[int, int]
    #: JSON Schemas may have references.
    json_references: bool
    #: ``normalize=true`` has effect.
    normalizes: bool
    #: Schemas are stored with sorted keys.
    sorts_keys: bool
    #: Subjects are listed by name; else in the order in which they appeared.
    sorts_subjects: bool
    #: ``subjectPrefix``, ``offset`` and ``limit`` are heeded.
    filters: bool
    #: Compatibility with the latest version of a subject that has none is an error; else it is compatible.
    unknown_latest_is_error: bool
    #: The level of an unknown subject is an error even with ``defaultToGlobal=true``.
    unknown_config_is_error: bool
    #: ``id`` and ``version`` in the body of a registration are heeded in the mode IMPORT, and refused in others.
    imports: bool
    #: Schemas with an invalid default are refused.
    strict_validation: bool
    #: A malformed body is answered with a list of problems in `message`.
    lists_problems: bool
    #: Schema languages that are kept as they come, and never compared.
    opaque: frozenset[str]
    #: Metadata, rules, policies, groups and aliases are kept, and ``/contexts/...`` leads into a context.
    contracts: bool
    #: Requests that it does not know are answered in JSON, too.
    json_errors: bool
    #: Requests that it does not know, as method and path of the routing table.
    lacks: frozenset[tuple[str, str]]
    #: Messages by error code, where they differ.
    messages: Mapping[int, str]


KARAPACE = Profile(
    name="karapace",
    always_messages=True,
    forbidden=(404, 40401),
    json_references=False,
    normalizes=False,
    sorts_keys=True,
    sorts_subjects=False,
    filters=False,
    unknown_latest_is_error=True,
    unknown_config_is_error=True,
    imports=False,
    strict_validation=False,
    lists_problems=True,
    opaque=frozenset(),
    contracts=False,
    json_errors=False,
    lacks=frozenset(
        {
            ("GET", "/contexts"),
            ("GET", "/v1/metadata/id"),
            ("GET", "/v1/metadata/version"),
            ("GET", "/schemas/ids/{id}/schema"),
            ("GET", "/schemas/ids/{id}/subjects"),
            ("GET", "/schemas/guids/{guid}"),
            ("GET", "/schemas/guids/{guid}/ids"),
            ("GET", "/subjects/{subject}/metadata"),
            ("POST", "/compatibility/subjects/{subject}/versions"),
            ("PUT", "/mode"),
            ("PUT", "/mode/{subject}"),
            ("DELETE", "/mode"),
            ("DELETE", "/mode/{subject}"),
            ("DELETE", "/config"),
        }
    ),
    messages={
        40403: "Schema not found",
        40404: "Subject '{subject}' was soft deleted.Set permanent=true to delete permanently",
        42203: (
            "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, "
            "forward_transitive, and full_transitive"
        ),
    },
)

CONFLUENT = Profile(
    name="confluent",
    always_messages=False,
    forbidden=(403, 40301),
    json_references=True,
    normalizes=True,
    sorts_keys=False,
    sorts_subjects=True,
    filters=True,
    unknown_latest_is_error=False,
    unknown_config_is_error=False,
    imports=True,
    strict_validation=True,
    lists_problems=False,
    opaque=frozenset({"PROTOBUF"}),
    contracts=True,
    json_errors=True,
    lacks=frozenset({("GET", "/_health")}),
    messages={
        40403: "Schema {id} not found",
        40404: "Subject '{subject}' was soft deleted. Set permanent=true to delete permanently",
        42203: (
            "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, "
            "forward_transitive, and full_transitive"
        ),
    },
)

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (CONFLUENT, KARAPACE)}
