"""SQS: a FIFO queue, the key as message group, or a standard queue; explicit deletion as acknowledgement."""

from __future__ import annotations

import base64
import json
import time
import uuid
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.transports.base import Channel, Received, Record, TransportError, spoken
from evtcompat.exercise.transports.carried import carried, record_of
from evtcompat.exercise.transports.reaching import QUEUE, AddressError, advice, asked

_TIMEOUT = 10
#: On a connection that may be cut: what is not answered by then is lost.
_SHORT = 2
#: A message that is neither deleted nor given back comes again after this many seconds.
_VISIBILITY = 600
_SLICE = 0.02
#: The longest that a request waits for messages.
_LONG_POLL = 20
#: A message without a key is a group of its own; its attribute `evtcompat-key` is missing.
_ENCODING = "evtcompat-encoding"


def _spoken(doing: str) -> AbstractContextManager[None]:
    return spoken(f"sqs: cannot {doing}")


@dataclass(slots=True)
class SqsChannel:
    """One queue."""

    queue: str
    fifo: bool
    #: For sending, giving back and cleaning up: never goes through a proxy.
    steady: Any
    consuming: Any
    #: Receipt handles of what was received and not deleted, by position.
    handles: dict[str, str] = field(default_factory=dict)
    closed: bool = False

    def send(self, record: Record) -> None:
        """The message is in the queue."""
        with _spoken("send"):
            grouped = {"MessageGroupId": _group(record.key), "MessageDeduplicationId": uuid.uuid4().hex}
            self.steady.send_message(QueueUrl=self.queue, **(grouped if self.fifo else {}), **_message(record))

    def receive(self, timeout: float) -> Received | None:
        """The next message of any group of which nothing is on its way."""
        end = time.monotonic() + timeout
        with _spoken("receive"):
            while True:
                left = end - time.monotonic()
                answer = self.consuming.receive_message(
                    QueueUrl=self.queue,
                    MaxNumberOfMessages=1,
                    MessageAttributeNames=["All"],
                    WaitTimeSeconds=max(0, min(int(left), _LONG_POLL)),
                )
                for message in answer.get("Messages", ()):
                    self.handles[message["MessageId"]] = message["ReceiptHandle"]
                    return Received(_record(message), message["MessageId"])
                if left <= 0:
                    return None
                time.sleep(_SLICE)

    def ack(self, received: Received) -> None:
        """The message is deleted."""
        handle = self.handles.get(received.position)
        if handle is not None:
            with _spoken("delete a message"):
                self.consuming.delete_message(QueueUrl=self.queue, ReceiptHandle=handle)
            del self.handles[received.position]

    def leave(self) -> None:
        """What was received and not deleted is visible again at once, instead of when its time is over."""
        handles, self.handles = self.handles, {}
        with _spoken("give back what was received"):
            for handle in handles.values():
                self.steady.change_message_visibility(QueueUrl=self.queue, ReceiptHandle=handle, VisibilityTimeout=0)

    @property
    def address(self) -> str:
        """The queue's URL."""
        return self.queue

    @property
    def group(self) -> str:
        """SQS has none."""
        return ""

    def waiting(self, group: str) -> int | None:
        """Messages that are not deleted."""
        del group
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        with _spoken("count the messages"):
            counted = self.steady.get_queue_attributes(QueueUrl=self.queue, AttributeNames=names)["Attributes"]
        return sum(int(counted[name]) for name in names)

    def redeliver_after(self, seconds: int) -> None:
        """The queue's visibility timeout is so long."""
        with _spoken("set how long a message is hidden"):
            attributes = {"VisibilityTimeout": str(seconds)}
            self.steady.set_queue_attributes(QueueUrl=self.queue, Attributes=attributes)

    def redrive(self, dead_letters: Channel, after: int) -> None:
        """What was received so often and not deleted goes to the other queue.

        Raises:
            TransportError: The other channel is no queue of SQS.
        """
        if not isinstance(dead_letters, SqsChannel):
            message = "sqs: only a queue of SQS can take what is set aside"
            raise TransportError(message)
        with _spoken("set up the queue for what is set aside"):
            answer = self.steady.get_queue_attributes(QueueUrl=dead_letters.queue, AttributeNames=["QueueArn"])
            policy = {"deadLetterTargetArn": answer["Attributes"]["QueueArn"], "maxReceiveCount": str(after)}
            attributes = {"RedrivePolicy": json.dumps(policy)}
            self.steady.set_queue_attributes(QueueUrl=self.queue, Attributes=attributes)

    def close(self) -> None:
        """The queue and the connections are gone."""
        if self.closed:
            return
        self.closed = True
        try:
            with _spoken(f"remove the queue {self.queue}"):
                self.steady.delete_queue(QueueUrl=self.queue)
        finally:
            for client in (self.steady, self.consuming):
                client.close()


def _group(key: str | None) -> str:
    """A message group takes no spaces and none but ASCII."""
    return uuid.uuid4().hex if key is None else base64.urlsafe_b64encode(key.encode()).decode() or "-"


def _message(record: Record) -> dict[str, Any]:
    """A body as text where it is some, for consumers that know nothing of evtcompat; headers as attributes."""
    named = carried(record)
    try:
        body = record.body.decode("ascii")
    except UnicodeDecodeError:
        body = ""
    if not body or not all(character.isprintable() or character in "\t\n\r" for character in body):
        named[_ENCODING] = "base64"
        body = base64.b64encode(record.body).decode("ascii") or "="
    return {
        "MessageBody": body,
        "MessageAttributes": {name: {"DataType": "String", "StringValue": value} for name, value in named.items()},
    }


def _record(message: dict[str, Any]) -> Record:
    attributes = message.get("MessageAttributes", {})
    named = {name: str(attribute["StringValue"]) for name, attribute in attributes.items()}
    text = message["Body"]
    encoded = named.pop(_ENCODING, None) is not None
    body = base64.b64decode("" if text == "=" else text) if encoded else text.encode()
    return record_of(named, body)


@dataclass(frozen=True, slots=True)
class SqsTransport:
    """SQS of AWS, or an emulation of it. Credentials are where AWS's own tools look for them."""

    #: Of an emulation; ``None`` for AWS itself.
    endpoint: tuple[str, int] | None
    region: str | None
    #: Whether queues keep the order of a key.
    fifo: bool = True
    name: str = "sqs"

    def open(self, name: str, *, through: tuple[str, int] | None = None) -> SqsChannel:
        """A queue of its own.

        Raises:
            TransportError: The service cannot be reached, or is AWS itself and is to be cut off.
        """
        if through is not None and self.endpoint is None:
            message = "sqs: only an emulation at sqs://HOST:PORT can be cut and healed: AWS is reached by TLS alone"
            raise TransportError(message)
        aws = f"See that {self.region} is a region of AWS, and that its own tools find your credentials"
        hint = aws if self.endpoint is None else advice("emulation of SQS", "sqs:")
        with spoken("sqs: cannot create a queue", hint=hint):
            steady = self._client(self.endpoint, _TIMEOUT)
            attributes = {"VisibilityTimeout": str(_VISIBILITY)} | ({"FifoQueue": "true"} if self.fifo else {})
            called = f"{name}.fifo" if self.fifo else name
            try:
                queue = steady.create_queue(QueueName=called, Attributes=attributes)["QueueUrl"]
            except BaseException:
                steady.close()
                raise
        consuming = self._client(through or self.endpoint, _TIMEOUT if through is None else _SHORT)
        return SqsChannel(queue, self.fifo, steady, consuming)

    def upstream(self) -> tuple[str, int] | None:
        """Where the emulation listens."""
        return self.endpoint

    def _client(self, endpoint: tuple[str, int] | None, patience: int) -> Any:
        import boto3
        from botocore.config import Config

        # One attempt: what was not confirmed must be seen here, not hidden by the client.
        config = Config(connect_timeout=patience, read_timeout=patience + _LONG_POLL, retries={"total_max_attempts": 1})
        if patience == _SHORT:
            config = config.merge(Config(read_timeout=patience))
        url = None if endpoint is None else f"http://{endpoint[0]}:{endpoint[1]}"
        return boto3.session.Session().client("sqs", region_name=self.region, endpoint_url=url, config=config)


@dataclass(frozen=True, slots=True)
class StandardTransport(SqsTransport):
    """Likewise, with standard queues."""

    fifo: bool = False
    name: str = "sqs standard"

    @property
    def unordered(self) -> str:
        """Why the order of a key is not judged."""
        return "a standard queue delivers in about the order in which it was sent"


def connect(url: str) -> SqsTransport:
    """The transport of `sqs://REGION`, or of an emulation at `sqs://HOST:PORT?region=REGION`; nothing is connected yet.

    With `?queue=standard` its queues are standard ones, which promise no order; they are FIFO queues otherwise.

    Raises:
        TransportError: boto3 is not installed.
        AddressError: The kind of queue is unknown.
    """
    try:
        import boto3  # noqa: F401 - is it there?
    except ImportError as error:
        message = "sqs:// needs the client of AWS"
        raise TransportError(message, hint="pip install 'evtcompat[sqs]'") from error
    parts = urlsplit(url)
    kind = asked(url, QUEUE) or "fifo"
    if kind not in {"fifo", "standard"}:
        message = f"?queue={kind}: there is no such kind of queue, but fifo and standard"
        raise AddressError(message)
    made = SqsTransport if kind == "fifo" else StandardTransport
    if parts.port is None:
        return made(None, parts.hostname)
    return made((parts.hostname or "127.0.0.1", parts.port), asked(url, "region") or "us-east-1")
