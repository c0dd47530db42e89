"""Subject names: strategies, contexts, and file names that stay inside their folder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from urllib.parse import unquote, unquote_to_bytes

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UsageError
from evtcompat.model.strategies import Strategy

_CONTEXT = re.compile(r":(?P<context>\.[^:]*):(?P<name>.*)", re.DOTALL)
_BELOW = re.compile(r"/contexts/(?P<context>[^/]+)/?$")
DEFAULT_CONTEXT = "."


def subject_name(strategy: Strategy, *, topic: str | None = None, record: str | None = None, key: bool = False) -> str:
    """The subject that a serializer uses.

    Args:
        strategy: Of the serializer.
        topic: The Kafka topic.
        record: The full name of the record, or the title of a JSON Schema.
        key: Whether it is the schema of the key rather than of the value; only the topic strategy distinguishes them.

    Raises:
        UsageError: The strategy needs a topic or record that was not given.
    """
    return _STRATEGIES[strategy](topic, record, "key" if key else "value")


def _need(value: str | None, what: str, strategy: Strategy) -> str:
    if not value:
        message = f"the subject name strategy `{strategy.value}` needs the {what}"
        raise UsageError(message)
    return value


_STRATEGIES: Mapping[Strategy, Callable[[str | None, str | None, str], str]] = {
    Strategy.TOPIC: lambda topic, _, part: f"{_need(topic, 'topic', Strategy.TOPIC)}-{part}",
    Strategy.RECORD: lambda _, record, __: _need(record, "record name", Strategy.RECORD),
    Strategy.TOPIC_RECORD: lambda topic, record, _: (
        f"{_need(topic, 'topic', Strategy.TOPIC_RECORD)}-{_need(record, 'record name', Strategy.TOPIC_RECORD)}"
    ),
}


def subject_of_file_name(strategy: Strategy, name: str, value: object) -> str:
    """The subject of a schema file, whose name is that of the topic: ``order-v2.avsc`` belongs to `order`.

    A name that is a subject of the strategy already (``order-key``, ``order-value``, what `pull` wrote) stays.

    Args:
        strategy: Of the serializers.
        name: What the file's name says, without version and suffix.
        value: The schema.

    Raises:
        UsageError: The strategy needs the name of the record, and the schema has none.
    """
    record = record_name(value)
    if strategy is Strategy.TOPIC and name.endswith(("-key", "-value")):
        return name
    if strategy is Strategy.TOPIC_RECORD and record is not None and name.endswith(f"-{record}"):
        return name
    return subject_name(strategy, topic=name, record=record)


def record_name(value: object) -> str | None:
    """The name by which the record strategies know a schema: an Avro full name, or a JSON Schema's title."""
    if not isinstance(value, Mapping):
        return None
    name, namespace, title = value.get("name"), value.get("namespace"), value.get("title")
    if isinstance(name, str) and name:
        return f"{namespace}.{name}" if isinstance(namespace, str) and namespace and "." not in name else name
    return title if isinstance(title, str) and title else None


@dataclass(frozen=True, slots=True)
class Qualified:
    """A subject with its context; ``.`` is the default context, which is not written."""

    name: str
    context: str = DEFAULT_CONTEXT

    def __str__(self) -> str:
        """As the API writes it: ``:.context:name``, or the name alone."""
        return self.name if self.context == DEFAULT_CONTEXT else f":{self.context}:{self.name}"


def parse_subject(text: str) -> Qualified:
    """The subject and context that a text names."""
    match = _CONTEXT.fullmatch(text)
    return Qualified(match["name"], match["context"] or DEFAULT_CONTEXT) if match else Qualified(text)


def context_of_url(url: str) -> str | None:
    """The context that all requests below a URL are about (``https://registry/contexts/.dev``), or ``None``."""
    found = _BELOW.search(url)
    return None if found is None else unquote(found["context"]).strip(":")


def local(subject: str, context: str | None) -> str:
    """A subject as requests below the URL of a context name it: without the context, where it is that one."""
    return subject.removeprefix(f":{context}:") if context is not None and context != DEFAULT_CONTEXT else subject


def referenced_subject(reference: str, referring: str) -> str:
    """The subject that a reference names: without a context of its own it lies in that of the schema that refers."""
    target = parse_subject(reference)
    if reference.startswith(":"):
        return str(target)
    return str(Qualified(target.name, parse_subject(referring).context))


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
#: Names that Windows keeps for devices, whatever the suffix.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
#: What file systems take, in bytes.
_LONGEST = 255
#: The file name of the subject without a name, which no other subject has.
_EMPTY = "%"


def file_names(subjects: Iterable[str]) -> Mapping[str, str]:
    """File names by subject, no two of which some file system takes for one; too long ones are left out.

    Of subjects that differ in case only, those with capital letters have these encoded.
    """
    names: dict[str, str] = {}
    for subject in subjects:
        with suppress(UsageError):
            names[subject] = file_name(subject)
    alike = Counter(name.casefold() for name in names.values())
    return {subject: name if alike[name.casefold()] == 1 else encoded_capitals(name) for subject, name in names.items()}


def encoded_capitals(name: str) -> str:
    """A file name without capital letters but those of percent-encodings; `subject_of_file` reverses it, too."""
    return re.sub(
        r"%[0-9A-F]{2}|[A-Z]", lambda found: found[0] if found[0][0] == "%" else f"%{ord(found[0]):02X}", name
    )


def file_name(subject: str) -> str:
    """One path segment for a subject: percent-encoded, reversible with `subject_of_file`.

    Letters, digits, ``_``, ``-`` and inner dots stay. A first dot is encoded (so ``..`` and hidden files cannot come
    out), a last one too (Windows drops it), and the first letter of a device name.

    Raises:
        UsageError: The subject is too long for a file name.
    """
    if not subject:
        return _EMPTY
    encoded = "".join(
        character
        if character in _PLAIN
        else "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
        for character in subject
    )
    if encoded.startswith("."):
        encoded = "%2E" + encoded[1:]
    if encoded.endswith("."):
        encoded = encoded[:-1] + "%2E"
    if _DEVICES.fullmatch(encoded):
        encoded = f"%{ord(encoded[0]):02X}{encoded[1:]}"
    if len(encoded) > _LONGEST:
        message = f"the subject {subject[:60]!r}... is too long for a file name"
        raise UsageError(message, hint=f"It may have {_LONGEST} characters once percent-encoded.")
    return encoded


def subject_of_file(name: str) -> str:
    """The subject whose `file_name` this is."""
    return "" if name == _EMPTY else unquote_to_bytes(name).decode("utf-8", "surrogatepass")
