"""How the table ``[exercise]`` is read."""

from __future__ import annotations

import re
import shlex

from evtcompat.config.exercise import ExerciseSettings, IntendedDifference, ServiceSettings
from evtcompat.config.exercise_chain import chain_settings
from evtcompat.config.exercise_values import correlation, seconds
from evtcompat.config.globs import fault
from evtcompat.config.toml_table import Table

_ROLES = ("old", "new")
_SERVICE_KEYS = (
    "variables",
    "inherits",
    "ready",
    "stop",
    "before",
    "probe",
    "database",
    "registry",
    "redrive",
    "group",
    "correlation",
)
_SECONDS = ("start-within", "within", "stop-within", "still")
_PROBES = ("sql", "http", "file", "log", "output", "webhook")
_SIGNALS = ("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP")
_PORTS = 65_536
#: What SQS allows.
_MOST_RECEIVED = 1000


def exercise_settings(table: Table) -> ExerciseSettings:
    """What the table says.

    Raises:
        ConfigError: A key is unknown, or a value has the wrong type or makes no sense.
    """
    table.only(("differences", "services", "chains"))
    services, chains = table.table("services"), table.table("chains")
    steps = [step for name in chains.values for step in chains.table(name).tables("steps")]
    chained = {step.string("service") for step in steps}
    return ExerciseSettings(
        tuple(_difference(one) for one in table.tables("differences")),
        {name: _service(services.table(name), seen=name not in chained) for name in services.values},
        {name: chain_settings(chains.table(name), tuple(services.values)) for name in chains.values},
    )


def _service(table: Table, *, seen: bool) -> ServiceSettings:
    """A service; one whose effect is not seen in a chain says what shows it (`seen`)."""
    table.only((*_ROLES, *(f"{role}-from" for role in _ROLES), *_SERVICE_KEYS, *_SECONDS))
    commands = {role: words for role in _ROLES if (words := _words(table, role))}
    if not commands:
        table.fail(f"`{table.called()}` starts nothing", hint='Give it `old` and `new`, as in new = "node service.js".')
    origins = {role: origin for role in _ROLES if (origin := table.string(f"{role}-from"))}
    for role, origin in origins.items():
        if origin.partition(":")[0] not in ("git", "venv") or not origin.partition(":")[2]:
            table.fail(f"`{table.called(f'{role}-from')}` must be git:REF or venv:FOLDER", f"{role}-from")
    ready = table.string("ready") or ""
    if ready and not ready.startswith(("port:", "http://", "https://", "log:")):
        table.fail(f"`{table.called('ready')}` must be port:PORT, an HTTP address, or log:PATTERN", "ready")
    if ready.startswith("log:"):
        _pattern(table, "ready", ready.removeprefix("log:"))
    stop = table.string("stop") or "SIGTERM"
    if stop not in _SIGNALS:
        table.fail(f"`{table.called('stop')}` must be one of {', '.join(_SIGNALS)}", "stop")
    probe = table.table("probe")
    variables = table.table("variables")
    return ServiceSettings(
        commands=commands,
        origins=origins,
        variables={name: variables.string(name) or "" for name in variables.values},
        inherits=table.strings("inherits") or (),
        ready=ready,
        stop=stop,
        before=_words(table, "before"),
        database=_database(table),
        group=table.string("group") or "",
        registry=_registry(table),
        redrive=_redrive(table),
        correlation=correlation(table),
        probe=_probe(probe) if seen or probe.values else ("", ""),
        query=probe.string("query") or "",
        seconds={name: found for name in _SECONDS if (found := seconds(table, name)) is not None},
    )


def _database(table: Table) -> tuple[str, int] | None:
    text = table.string("database")
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) >= _PORTS:
        table.fail(f"`{table.called('database')}` must be HOST:PORT", "database")
    return host, int(port)


def _registry(table: Table) -> str:
    text = table.string("registry") or ""
    if text and not re.fullmatch(r"http://[\w.-]+(:\d+)?(/\S*)?", text):
        hint = "A proxy stands before it, which speaks no TLS."
        table.fail(f"`{table.called('registry')}` must be http://HOST:PORT", "registry", hint=hint)
    return text


def _redrive(table: Table) -> int:
    value = table.values.get("redrive")
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _MOST_RECEIVED:
        table.fail(f"`{table.called('redrive')}` must be a number of deliveries from 1 to {_MOST_RECEIVED}", "redrive")
    return value


def _words(table: Table, key: str) -> tuple[str, ...]:
    """A command: an array of words, or a line that is split as a shell splits it."""
    if isinstance(table.values.get(key), str):
        line = table.string(key) or ""
        try:
            return tuple(shlex.split(line))
        except ValueError as error:
            table.fail(f"`{table.called(key)}` is no command: {error}", key)
    return table.strings(key) or ()


def _probe(table: Table) -> tuple[str, str]:
    table.only((*_PROBES, "query"))
    kinds = [kind for kind in _PROBES if kind in table.values]
    if len(kinds) != 1:
        hint = 'For example probe = { sql = "sqlite:///{folder}/orders.db", query = "select * from orders" }'
        table.fail(f"`{table.called()}` must name one of {', '.join(_PROBES)}", hint=hint)
    if ("query" in table.values) != (kinds[0] == "sql"):
        table.fail(f"`{table.called('query')}` belongs to `sql`", "query")
    if kinds[0] in ("webhook", "output"):
        if not table.boolean(kinds[0]):
            table.fail(f"`{table.called(kinds[0])}` must be true", kinds[0])
        return kinds[0], ""
    what = table.string(kinds[0]) or ""
    if kinds[0] == "log":
        _pattern(table, "log", what)
    return kinds[0], what


def _pattern(table: Table, key: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        table.fail(f"`{table.called(key)}` is no regular expression: {error}", key)


def _difference(table: Table) -> IntendedDifference:
    table.only(("path", "reason", "subjects"))
    path, reason = table.string("path"), table.string("reason")
    if path is None or not path.startswith("/"):
        table.fail(f'`{table.called("path")}` must name a place in the effect, such as "/*/total"', "path")
    if reason is None:
        hint = "Say why the new consumer may do this otherwise than the old one."
        table.fail(f"`{table.called()}` needs a `reason`", hint=hint)
    subjects = table.strings("subjects") or ()
    for index, pattern in enumerate(subjects):
        wrong = fault(pattern)
        if wrong is not None:
            table.fail(f"`{table.called('subjects', index)}` is no pattern: {wrong}", "subjects", index)
    return IntendedDifference(path, reason, subjects)
