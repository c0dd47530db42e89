"""The answers of the API that are errors, worded as registries word them."""

from __future__ import annotations

from evtcompat.model.json_types import JSON


class ApiError(Exception):
    """An error answer.

    Attributes:
        status: Of HTTP.
        body: A JSON value, or text to send as it is.
    """

    def __init__(self, status: int, code: int | None, message: JSON) -> None:
        super().__init__(str(message))
        self.status = status
        self.body: JSON = {"message": message} if code is None else {"error_code": code, "message": message}


class PlainError(Exception):
    """An error answer without JSON: what the HTTP framework below a registry says."""

    def __init__(self, status: int, text: str, media_type: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.media_type = media_type


def not_permitted(subject: str, why: str) -> ApiError:
    """42205."""
    return ApiError(422, 42205, f"Subject {subject} {why}")


def subject_not_found(subject: str) -> ApiError:
    """40401."""
    return ApiError(404, 40401, f"Subject '{subject}' not found.")


def version_not_found(version: int) -> ApiError:
    """40402."""
    return ApiError(404, 40402, f"Version {version} not found.")


def invalid_version(text: str) -> ApiError:
    """42202."""
    message = (
        f"The specified version '{text}' is not a valid version id. "
        'Allowed values are between [1, 2^31-1] and the string "latest"'
    )
    return ApiError(422, 42202, message)


def invalid_schema(kind: str, reason: str) -> ApiError:
    """42201."""
    return ApiError(422, 42201, f"Invalid {kind} schema. Error: {reason}")
