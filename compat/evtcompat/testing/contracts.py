"""Metadata and rules of a schema: put together from the settings, the request and the version before."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.model.json_types import JSON

_RULES = ("domainRules", "migrationRules", "encodingRules")
#: A property of the metadata with which a client says which version it expects to make.
VERSION = "confluent:version"
_RESERVED = "confluent:reserved"


def merged_metadata(*layers: JSON) -> JSON:
    """One metadata of several; of a property the last value counts, tags and sensitive paths are put together."""
    found: dict[str, JSON] = {}
    for layer in layers:
        if not isinstance(layer, dict):
            continue
        for key, value in layer.items():
            known = found.get(key)
            if isinstance(value, dict):
                found[key] = _merged(known if isinstance(known, dict) else {}, value)
            elif isinstance(value, list):
                found[key] = _united(known, value)
            elif value is not None:
                found[key] = value
    return found or None


def merged_rules(*layers: JSON) -> JSON:
    """One rule set of several; of two rules of one name the last counts."""
    found: dict[str, JSON] = {}
    for layer in layers:
        if not isinstance(layer, dict):
            continue
        for key, value in layer.items():
            known = found.get(key)
            if key in _RULES and isinstance(value, list) and isinstance(known, list):
                names = {rule.get("name") for rule in value if isinstance(rule, dict)}
                kept: list[JSON] = [
                    rule for rule in known if not isinstance(rule, dict) or rule.get("name") not in names
                ]
                found[key] = [*kept, *value]
            elif value is not None:
                found[key] = value
    return found or None


def properties(metadata: JSON) -> Mapping[str, JSON]:
    """The properties of a metadata."""
    found = metadata.get("properties") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def without_version(metadata: JSON) -> JSON:
    """The metadata without the version that the client expected: that is no part of what makes a schema the same."""
    if not isinstance(metadata, dict) or VERSION not in properties(metadata):
        return metadata
    left = {key: value for key, value in properties(metadata).items() if key != VERSION}
    return {**metadata, "properties": left} if left or len(metadata) > 1 else None


def reserved(metadata: JSON) -> frozenset[str]:
    """The fields that a schema keeps free for later."""
    names = properties(metadata).get(_RESERVED)
    return frozenset(name.strip() for name in names.split(",")) if isinstance(names, str) else frozenset()


def fields_of(schema: JSON) -> frozenset[str]:
    """The names of a schema's outermost fields or properties."""
    if not isinstance(schema, dict):
        return frozenset()
    listed, named = schema.get("fields"), schema.get("properties")
    found = [one.get("name") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    found += named if isinstance(named, dict) else []
    return frozenset(name for name in found if isinstance(name, str))


def _merged(one: dict[str, JSON], other: Mapping[str, JSON]) -> JSON:
    merged = dict(one)
    for key, value in other.items():
        merged[key] = _united(merged.get(key), value) if isinstance(value, list) else value
    return merged


def _united(one: JSON, other: list[JSON]) -> JSON:
    known: list[JSON] = list(one) if isinstance(one, list) else []
    return [*known, *(item for item in other if item not in known)]
