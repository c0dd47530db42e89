"""When a request is tried again, and how long to wait before."""

from __future__ import annotations

from typing import Any, Self

from urllib3.exceptions import InvalidHeader, MaxRetryError, ResponseError
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry

from evtcompat.dataclasses import dataclass

#: Answers that may be better the next time.
RETRIED = frozenset({429, 500, 502, 503, 504})
#: Registering is repeatable: the same schema gets the same id. Deleting is not: the second answer is 404.
REPEATABLE = frozenset({"GET", "HEAD", "POST", "PUT"})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a request may take; all times in seconds."""

    connect: float = 10.0
    #: Silence in the middle of an answer.
    read: float = 30.0
    #: The headers of an answer, and then its body, each from the first byte to the last.
    whole: float = 120.0
    retries: int = 3
    #: The answers that are tried again; nothing else is where a client above counts its own attempts.
    retried: frozenset[int] = RETRIED
    #: Waits are `backoff`, twice that, four times that; a tenth more or less at random.
    backoff: float = 0.5
    #: A registry that asks for a longer pause (``Retry-After``) is not waited for.
    longest_pause: float = 30.0
    #: Bytes of an answer, decompressed; no schema and no list of subjects is longer.
    largest_answer: int = 32 * 1024 * 1024
    #: Values in an answer, so that a small text does not become a large tree.
    most_values: int = 2_000_000

    @classmethod
    def within(cls, timeout: float | None, *, retries: int = 3) -> Self:
        """The patience of one who gives a request `timeout` seconds, and four times that with its answer.

        Args:
            timeout: As the address says; the usual times where it says nothing.
            retries: How often a request is tried again.
        """
        if timeout is None:
            return cls(retries=retries)
        return cls(connect=timeout, read=timeout, whole=4 * timeout, retries=retries)


class PatientRetry(Retry):
    """urllib3's retries, except that a pause longer than `longest_pause` ends them."""

    longest_pause = 30.0

    @classmethod
    def of(cls, patience: Patience) -> PatientRetry:
        """The retries that `patience` asks for. The last answer is handed back rather than raised."""
        kind = type("_PatientRetry", (cls,), {"longest_pause": patience.longest_pause})
        made: PatientRetry = kind(
            total=patience.retries,
            status_forcelist=patience.retried,
            allowed_methods=REPEATABLE,
            backoff_factor=patience.backoff,
            backoff_jitter=patience.backoff / 10,
            backoff_max=patience.longest_pause,
            raise_on_status=False,
            redirect=0,
        )
        return made

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """The pause that the registry asks for, in seconds; ``None`` where it names none that can be read."""
        try:
            return super().get_retry_after(response)
        except (InvalidHeader, ValueError, OverflowError):
            return None

    def increment(  # the signature is urllib3's
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: Any = None,  # noqa: ANN401 - urllib3's own type is private
        _stacktrace: Any = None,  # noqa: ANN401 - urllib3's own type is private
    ) -> Self:
        """One attempt fewer.

        Raises:
            MaxRetryError: None is left, or the registry asks for too long a pause.
        """
        if response is not None and (self.get_retry_after(response) or 0) > self.longest_pause:
            raise MaxRetryError(_pool, url or "", ResponseError("too long a pause"))
        return super().increment(method, url, response, error, _pool, _stacktrace)
