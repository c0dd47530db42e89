"""Who may do what in a test registry."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Sequence

from evtcompat.dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """A user with HTTP basic, or a bearer token. `read` and `write` are patterns over whole subject names."""

    name: str
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    read: str | None = ".*"
    write: str | None = None

    @property
    def header(self) -> str:
        """The value of ``Authorization`` that proves who asks."""
        if self.token is not None:
            return f"Bearer {self.token}"
        return "Basic " + base64.b64encode(f"{self.name}:{self.password or ''}".encode()).decode("ascii")

    def may(self, subject: str, *, write: bool) -> bool:
        """Whether the account may read or write a subject. Who may write may read."""
        patterns = [self.write] if write else [self.read, self.write]
        return any(pattern is not None and re.fullmatch(pattern, subject) for pattern in patterns)


def account_of(accounts: Sequence[Account], header: str | None) -> Account | None:
    """The account that a header proves."""
    given = (header or "").encode("utf-8", "replace")
    return next((account for account in accounts if hmac.compare_digest(account.header.encode(), given)), None)
