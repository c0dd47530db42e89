"""Every kind of registry that the contract of `SchemaRegistry` is held against, each a real server over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from evtcompat.registries.base import SchemaRegistry
from evtcompat.registries.opening import open_registry
from evtcompat.testing import RegistryServer
from registries.aws import needs

#: Nothing of the person's own folders or of a cache.
ALONE: Final = {"EVTCOMPAT_CACHE": "off", "EVTCOMPAT_CONFIG_DIR": "/nonexistent"}


@dataclass(frozen=True)
class Kind:
    """A kind of registry, running."""

    name: str
    address: str
    #: Schemas may refer to others, in the languages of these names.
    references: frozenset[str]
    #: What a schema is called that the registry keeps as it comes.
    carries: frozenset[str]
    #: Any text may be the name of a subject.
    any_name: bool
    #: Has the registry refuse the next new versions, where it does not compare by itself.
    refusing: Callable[[], object] | None = None

    def open(self) -> SchemaRegistry:
        """A client of its own."""
        return open_registry(self.address, None, ALONE)


@contextmanager
def _confluent() -> Iterator[Kind]:
    with RegistryServer() as server:
        yield Kind("confluent", server.url, frozenset({"AVRO", "JSON"}), frozenset({"PROTOBUF"}), any_name=True)


@contextmanager
def _karapace() -> Iterator[Kind]:
    with RegistryServer("karapace") as server:
        yield Kind("karapace", server.url, frozenset({"AVRO"}), frozenset(), any_name=True)


@contextmanager
def _context() -> Iterator[Kind]:
    with RegistryServer() as server:
        address = f"{server.url}/contexts/.dev"
        yield Kind("context", address, frozenset({"AVRO", "JSON"}), frozenset({"PROTOBUF"}), any_name=True)


@contextmanager
def _glue() -> Iterator[Kind]:
    needs("boto3", "moto", "flask")
    from registries.glue_emulation import emulation

    with emulation() as running:
        yield Kind(
            "glue",
            running.address,
            frozenset(),
            frozenset({"PROTOBUF"}),
            any_name=False,
            refusing=lambda: running.judges("PENDING", "PENDING", "FAILURE"),
        )


KINDS: Final = {"confluent": _confluent, "karapace": _karapace, "context": _context, "glue": _glue}


@contextmanager
def running(name: str) -> Iterator[Kind]:
    """The kind of this name."""
    with ExitStack() as stack:
        yield stack.enter_context(KINDS[name]())
