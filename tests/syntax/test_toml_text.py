"""TOML of strangers is read in a time that grows as its length does, or not at all."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Final

import pytest

from cli_harness import Run
from evtcompat.syntax.toml_text import UnreadableTomlError, loads

#: What a parser would take minutes for, or fail on in a way of its own.
COSTLY: Final = {
    "a table of many parts": f"[{'.'.join('a' * 50_000)}]\n",
    "a key of many parts": f"{'.'.join('a' * 50_000)} = 1\n",
    "quoted parts": ".".join(['"a"'] * 50_000) + " = 1\n",
    "an inline table": f"x = {{ {' . '.join('a' * 5_000)} = 1 }}\n",
    "arrays without end": f"x = {'[' * 20_000}{']' * 20_000}\n",
    "many digits": f"x = {'9' * 5_000}\n",
}

FILES: Final = ("evtcompat.toml", "evtcompat-waivers.toml", "evtcompat.lock", "contracts/o/mail.toml")


@pytest.mark.parametrize("what", COSTLY)
def test_what_would_take_minutes_is_refused(what: str) -> None:
    began = time.monotonic()
    with pytest.raises((UnreadableTomlError, tomllib.TOMLDecodeError)):
        loads(COSTLY[what])
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "text",
    [
        'x = "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w"',
        "x = '''\n{\"name\": \"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w\"}\n'''",
        "x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 0.1, 0.2, 0.3]",
        "a.b.c.d = 1 # " + "...." * 20,
    ],
)
def test_what_people_write_is_read(text: str) -> None:
    assert loads(text) == tomllib.loads(text)


@pytest.mark.slow
@pytest.mark.parametrize("what", COSTLY)
@pytest.mark.parametrize(
    "name", ["evtcompat.toml", "evtcompat-waivers.toml", "evtcompat.lock", "contracts/o/mail.toml"]
)
def test_every_file_of_toml_is_named(name: str, what: str, run: Run, tmp_path: Path) -> None:
    """Whichever of them it is: exit code 2 or 3, with the file."""
    (tmp_path / "o.avsc").write_text('{"type": "record", "name": "O", "fields": []}')
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(COSTLY[what])
    by_lock, by_contract = ("check", "o.avsc", "--against", "lock"), ("contract", "verify")
    words = by_lock if name.endswith(".lock") else by_contract if "/" in name else ("check", ".")
    result = run(*words, cwd=tmp_path)
    assert result.code in (2, 3), result.out
    assert name in result.out + result.err
    assert "fault in evtcompat" not in result.err
