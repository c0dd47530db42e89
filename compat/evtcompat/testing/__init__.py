"""A schema registry to test with: real HTTP on this machine, in memory, checking compatibility. For tests only.

    with RegistryServer() as registry:
        producer = MyProducer(schema_registry_url=registry.url)

Needs the extra `testing`. In pytest: ``pytest_plugins = ["evtcompat.testing.fixture"]`` and the fixture
`schema_registry`.
"""

from __future__ import annotations

from evtcompat.testing.accounts import Account
from evtcompat.testing.faults import Fault, Faults
from evtcompat.testing.judge import EngineJudge, Judge
from evtcompat.testing.profiles import CONFLUENT, KARAPACE, PROFILES, Profile
from evtcompat.testing.server import RegistryServer

__all__ = [
    "CONFLUENT",
    "KARAPACE",
    "PROFILES",
    "Account",
    "EngineJudge",
    "Fault",
    "Faults",
    "Judge",
    "Profile",
    "RegistryServer",
]
