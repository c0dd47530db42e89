"""Which registry of AWS Glue an address means: ``glue://REGION/REGISTRY``, or ``glue://REGION/ACCOUNT/REGISTRY``."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UsageError
from evtcompat.registries.addresses import Address

#: The registry that AWS makes where nobody names one.
DEFAULT_REGISTRY: Final = "default-registry"
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_LONGEST: Final = 2


@dataclass(frozen=True, slots=True)
class GluePlace:
    """A registry of AWS Glue."""

    region: str
    registry: str
    #: The twelve digits of the AWS account; ``None`` for that of the credentials.
    account: str | None = None

    def registry_id(self, partition: str) -> dict[str, str]:
        """What requests call the registry. With an account, AWS refuses credentials of another.

        Args:
            partition: AWS's word for the part of its cloud that has the region, such as ``aws``.
        """
        if self.account is None:
            return {"RegistryName": self.registry}
        return {"RegistryArn": f"arn:{partition}:glue:{self.region}:{self.account}:registry/{self.registry}"}

    def schema_id(self, partition: str, subject: str) -> dict[str, str]:
        """What requests call a schema of the registry."""
        if self.account is None:
            return {"RegistryName": self.registry, "SchemaName": subject}
        return {"SchemaArn": f"arn:{partition}:glue:{self.region}:{self.account}:schema/{self.registry}/{subject}"}


def place_of(address: Address) -> GluePlace:
    """The registry that an address means.

    Raises:
        UsageError: It has more or other parts.
    """
    parts = urlsplit(address.url)
    names = [unquote(part) for part in parts.path.strip("/").split("/") if part]
    account = names[0] if len(names) == _LONGEST else None
    if parts.port or len(names) > _LONGEST or (account is not None and not _ACCOUNT.fullmatch(account)):
        message = f"{address} is no address of a registry in AWS Glue"
        hint = (
            "It is glue://REGION/REGISTRY or glue://REGION/ACCOUNT/REGISTRY, for example glue://eu-west-1/shop. "
            "An emulation is named by AWS's own variable AWS_ENDPOINT_URL_GLUE."
        )
        raise UsageError(message, hint=hint)
    return GluePlace(parts.hostname or "", names[-1] if names else DEFAULT_REGISTRY, account)
