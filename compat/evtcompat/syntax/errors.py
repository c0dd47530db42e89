"""What keeps a text from being edited."""

from __future__ import annotations


class UneditableError(LookupError):
    """A change that cannot be made to a text without another one; the message is a clause that says why."""
