"""What each probe sees, and how the configuration describes a service."""

from __future__ import annotations

import http.client
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from evtcompat.config import load_config_text
from evtcompat.errors import ConfigError, UncheckedError
from evtcompat.exercise.probes import FileProbe, HttpProbe, ProbeError, WebhookProbe, sql_probe


@pytest.mark.slow
def test_rows_of_a_query_are_objects_and_a_missing_table_is_not_seen_yet(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    file = tmp_path / "x.db"
    with closing(sql_probe(f"sqlite:///{file}", "select id, total from orders order by id")) as probe:
        with pytest.raises(ProbeError, match="no such table"):
            probe.look()
        with closing(sqlite3.connect(file)) as database:
            database.execute("create table orders (id text, total real)")
            database.execute("insert into orders values ('o1', 1.5)")
            database.commit()
        assert probe.look() == [{"id": "o1", "total": 1.5}]


@pytest.mark.slow
@pytest.mark.parametrize("url", ["nodb://user:secret@x", "user:secret@x", "postgresql://user:secret@x:abc/y"])
def test_a_probe_without_a_driver_or_a_url_is_not_opened(url: str) -> None:
    pytest.importorskip("sqlalchemy")
    with pytest.raises(UncheckedError, match="cannot be opened") as told:
        sql_probe(url, "select 1")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:abc/", "http://[::1/"])
def test_an_address_that_is_none_is_not_seen(url: str) -> None:
    with pytest.raises(ProbeError, match="form http://HOST:PORT/PATH"):
        HttpProbe(url).look()


def test_a_file_is_json_lines_by_its_suffix_else_json_else_text(tmp_path: Path) -> None:
    assert FileProbe(tmp_path / "absent").look() == []
    for name, content, seen in (
        ("a.jsonl", '{"n": 1}\n', [{"n": 1}]),
        ("a.json", '{"n": 1}\n', {"n": 1}),
        ("a.txt", "one\n", "one\n"),
    ):
        (tmp_path / name).write_text(content)
        assert FileProbe(tmp_path / name).look() == seen


def test_a_web_hook_remembers_what_was_called_and_listens_no_more_when_closed() -> None:
    with closing(WebhookProbe()) as probe:
        place = urlsplit(probe.url)
        with closing(http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)) as client:
            client.request("POST", "/orders", '{"id": 1}')
            assert client.getresponse().status == 204
        assert probe.look() == [{"method": "POST", "path": "/orders", "body": {"id": 1}}]
        with pytest.raises(ProbeError, match="status 204"):
            HttpProbe(probe.url).look()
    with pytest.raises(ProbeError):
        HttpProbe(probe.url).look()


WRONG = (
    ("", "starts nothing"),
    ('new = "x"', "must name one of sql, http, file, log, output, webhook"),
    ('new = "x"\nprobe = { sql = "u" }', "belongs to `sql`"),
    ('new = "x"\nprobe = { file = "f", query = "q" }', "belongs to `sql`"),
    ('new = "x"\nprobe = { log = "(" }', "no regular expression"),
    ('new = "\'"\nprobe = { webhook = true }', "is no command"),
    ('new = "x"\nprobe = { webhook = true }\nready = "8080"', "must be port:PORT"),
    ('new = "x"\nprobe = { webhook = true }\nstop = "SIGKILL"', "must be one of SIGTERM"),
    ('new = "x"\nprobe = { webhook = true }\nwithin = -1', "number of seconds above 0"),
    ('new = "x"\nprobe = { webhook = true }\nnew-from = "svn:1"', "git:REF or venv:FOLDER"),
    ('new = "x"\nprobe = { webhook = true }\nvariable = 1', "Did you mean"),
)


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_service_that_is_described_wrongly_is_told(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        load_config_text(f"[exercise.services.x]\n{text}\n", "evtcompat.toml")
    assert re.search(re.escape(said), str(told.value))


def test_a_service_is_read_as_it_is_described() -> None:
    text = """
[exercise.services.x]
old = ["node", "x y.js"]
new = "node 'x y.js'"
old-from = "git:v1"
probe = { sql = "sqlite://", query = "select 1" }
within = 3
"""
    config = load_config_text(text, "evtcompat.toml")
    assert config is not None
    service = config.exercise.services["x"]
    assert service.commands == {"old": ("node", "x y.js"), "new": ("node", "x y.js")}
    assert (service.origins, service.probe, service.query) == ({"old": "git:v1"}, ("sql", "sqlite://"), "select 1")
    assert service.seconds == {"within": 3.0}
