"""AWS Glue's Schema Registry over HTTP: moto's, with the two requests that moto does not have.

moto keeps registries, schemas and versions, and answers `ListSchemas` and `ListSchemaVersions` with "not implemented"
(as of 5.2). Both only list what its backend holds, which they do here in the shape of AWS's API, by pages. moto
compares no schemas: what AWS does with a version that it finds incompatible is acted by `Emulation.judges`.
"""

from __future__ import annotations

import atexit
import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto.core.responses import ActionResult
from moto.glue.exceptions import RegistryNotFoundException
from moto.glue.glue_schema_registry_utils import validate_schema_id
from moto.glue.models import FakeSchemaVersion, GlueBackend, glue_backends
from moto.glue.responses import GlueResponse
from moto.server import ThreadedMotoServer

from registries.aws import ACCOUNT, REGION, aws_environment


def _page(response: GlueResponse, items: Sequence[dict[str, Any]]) -> ActionResult:
    """The part of a list that a request asks for; a token is where to go on."""
    at, size = int(response._get_param("NextToken") or 0), int(response._get_param("MaxResults") or 25)
    more = {"NextToken": str(at + size)} if at + size < len(items) else {}
    return ActionResult({"Schemas": items[at : at + size], **more})


def _list_schemas(self: GlueResponse) -> ActionResult:
    asked = self._get_param("RegistryId") or {}
    name = asked.get("RegistryName") or asked.get("RegistryArn", "").rpartition("/")[2]
    if name not in self.glue_backend.registries:
        raise RegistryNotFoundException(resource="Registry", param_name="RegistryName", param_value=name)
    return _page(self, [schema.as_dict() for schema in self.glue_backend.registries[name].schemas.values()])


def _list_schema_versions(self: GlueResponse) -> ActionResult:
    registry, name, _ = validate_schema_id(self._get_param("SchemaId"), self.glue_backend.registries)
    schema = self.glue_backend.registries[registry].schemas[name]
    items = [{**version.as_dict(), "SchemaArn": schema.schema_arn} for version in schema.schema_versions.values()]
    return _page(self, items[::-1])


class Emulation:
    """A running emulation with the registry ``shop`` in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.address = f"glue://{REGION}/shop"
        self.client = boto3.client("glue", region_name=REGION, endpoint_url=url)

    @property
    def backend(self) -> GlueBackend:
        """What moto holds."""
        return glue_backends[ACCOUNT][REGION]

    def versions(self, subject: str, registry: str = "shop") -> list[FakeSchemaVersion]:
        """The versions of a schema, the oldest first."""
        return list(self.backend.registries[registry].schemas[subject].schema_versions.values())

    def ask(self, subject: str, compatibility: str) -> None:
        """The schema has this compatibility."""
        self.client.update_schema(
            SchemaId={"RegistryName": "shop", "SchemaName": subject},
            SchemaVersionNumber={"LatestVersion": True},
            Compatibility=compatibility,
        )

    @contextmanager
    def judges(self, *statuses: str) -> Iterator[None]:
        """New versions have these statuses, one after the other each time that they are looked at."""
        left = list(statuses)

        def status(version: FakeSchemaVersion) -> str:
            return (left.pop(0) if len(left) > 1 else left[0]) if version.version_number > 1 else "AVAILABLE"

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                FakeSchemaVersion,
                "schema_version_status",
                property(status, lambda *_: None),
                raising=False,
            )
            yield


@functools.cache
def _server() -> ThreadedMotoServer:
    """One server for all tests of a process; it takes seconds to begin."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    atexit.register(server.stop)
    return server


@contextmanager
def emulation() -> Iterator[Emulation]:
    """The emulation, and boto3's environment for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(GlueResponse, "list_schemas", _list_schemas, raising=False)
        patch.setattr(GlueResponse, "list_schema_versions", _list_schema_versions, raising=False)
        host, port = _server().get_host_and_port()
        aws_environment(patch, f"http://{host}:{port}")
        glue_backends.reset()
        running = Emulation(f"http://{host}:{port}")
        try:
            running.client.create_registry(RegistryName="shop")
            yield running
        finally:
            running.client.close()
            glue_backends.reset()
