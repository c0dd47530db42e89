"""What the body of a request holds, and how registries complain when it holds something else."""

from __future__ import annotations

from evtcompat.dataclasses import dataclass
from evtcompat.formats.loading import built_in, by_registry_type
from evtcompat.model.json_types import JSON
from evtcompat.registries.base import DEFAULT_TYPE, Reference
from evtcompat.testing.profiles import Profile
from evtcompat.testing.refusals import ApiError, invalid_schema

_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Candidate:
    """A schema that somebody sends."""

    text: str
    type: str
    references: tuple[Reference, ...]
    #: Id and version that the sender wants.
    id: int | None = None
    version: int | None = None
    metadata: JSON = None
    rule_set: JSON = None


def problem(profile: Profile, kind: str, path: list[JSON], text: str, found: JSON) -> ApiError:
    """The complaint about a part of a body: a list of problems, or a sentence."""
    if profile.lists_problems:
        return ApiError(_UNPROCESSABLE, 422, [{"type": kind, "loc": path, "msg": text, "input": found}])
    return ApiError(_UNPROCESSABLE, 422, f"{'.'.join(str(part) for part in path[1:]) or 'body'}: {text}")


def member(body: JSON, name: str, profile: Profile) -> str:
    """A text in a body."""
    if not isinstance(body, dict):
        text = "Input should be a valid dictionary or object to extract fields from"
        raise problem(profile, "model_attributes_type", ["body"], text, body)
    if name not in body:
        raise problem(profile, "missing", ["body", name], "Field required", body)
    found = body[name]
    if not isinstance(found, str):
        raise problem(profile, "string_type", ["body", name], "Input should be a valid string", found)
    return found


def parse_candidate(body: JSON, profile: Profile) -> Candidate:
    """The schema in a body."""
    text = member(body, "schema", profile)
    if not isinstance(body, dict):  # pragma: no cover - `member` has refused it
        raise TypeError
    kind = body.get("schemaType") or DEFAULT_TYPE
    if not isinstance(kind, str) or (by_registry_type(kind) is None and kind not in profile.opaque):
        known = [*(one.registry_type for one in built_in()), *sorted(profile.opaque)]
        raise invalid_schema(str(kind), f"this test registry knows {', '.join(known)} only")
    references = tuple(_reference(item, profile) for item in _list(body.get("references"), profile))
    if references and kind == "JSON" and not profile.json_references:
        raise ApiError(_UNPROCESSABLE, 44302, "Schema references are not supported for 'JSON' schema type")
    contracts = (body.get("metadata"), body.get("ruleSet")) if profile.contracts else (None, None)
    return Candidate(text, kind, references, _whole(body.get("id")), _whole(body.get("version")), *contracts)


def _list(value: JSON, profile: Profile) -> list[JSON]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise problem(profile, "list_type", ["body", "references"], "Input should be a valid list", value)
    return value


def _reference(item: JSON, profile: Profile) -> Reference:
    if isinstance(item, dict):
        name, subject, version = item.get("name"), item.get("subject"), _whole(item.get("version"))
        if isinstance(name, str) and isinstance(subject, str) and version is not None:
            return Reference(name, subject, version)
    raise problem(profile, "missing", ["body", "references"], "Field required", item)


def _whole(value: JSON) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
