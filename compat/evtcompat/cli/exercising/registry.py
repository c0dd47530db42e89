"""A schema registry of its own for a service that names one: it knows the schemas of the payloads by their ids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from evtcompat.dataclasses import replace
from evtcompat.errors import UsageError
from evtcompat.exercise.generated import is_generated
from evtcompat.exercise.service_faults import Place
from evtcompat.exercise.service_stage import texts_of
from evtcompat.model.json_texts import loads
from evtcompat.payloads.folder import MANIFEST
from evtcompat.reading import read_file

if TYPE_CHECKING:
    from evtcompat.config.values import Config
    from evtcompat.exercise.services import ServiceSpec

_WORD = f"{{{Place.REGISTRY.value}}}"


def needs_registry(spec: ServiceSpec) -> bool:
    """Whether a service names a registry and the configuration says of none where it is."""
    return not spec.registry and any(_WORD in text for text in texts_of(spec))


@contextmanager
def private_registry(spec: ServiceSpec, subject: str, fixtures: Path, config: Config | None) -> Iterator[ServiceSpec]:
    """The service with a registry that lives as long as the context, and has the schemas of generated payloads.

    Each version has the id that is in front of its payloads; the subject is called as a producer names it.

    Raises:
        UsageError: The payloads are not generated, so that nobody knows the ids of their schemas.
        UncheckedError: The schemas cannot be read.
    """
    from evtcompat.payloads.subjects import Catalogue
    from evtcompat.sources.published.registered import registry_text
    from evtcompat.testing import RegistryServer
    from evtcompat.testing.store import Content

    if not is_generated(fixtures):
        message = f"{spec.name} names {_WORD}, and of the payloads in {fixtures} no ids of schemas are known"
        hint = 'registry = "http://HOST:PORT" in its description names one; `evtcompat fixtures generate` knows ids.'
        raise UsageError(message, hint=hint)
    entries = loads(read_file(fixtures / MANIFEST))["versions"]
    ids = {str(entry["version"]): int(entry["schema_id"]) for entry in entries}
    with Catalogue(Path.cwd(), config=config) as catalogue:
        found = catalogue.subject(subject, labels=tuple(ids))
    with RegistryServer() as server:
        for number, (label, version) in enumerate(zip(found.labels, found.versions, strict=True), start=1):
            if label in ids:
                content = Content(registry_text(version.document), found.format.registry_type)
                server.store.add(f"{subject}-value", content, wanted=(ids[label], number))
        yield replace(spec, registry=server.url)
