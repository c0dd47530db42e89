"""How a run ends that nobody foresaw: never with 1, which means "incompatible"."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli_harness import ROOT, Run
from contracts.folders import contract, json_object, write_versions
from evtcompat.cli.commands import Commands

LONG = "a" * 300
WORDS = {
    "a report": ("check", "--output", LONG),
    "a page": ("report", "--output", LONG),
    "a site": ("report", "--site", LONG),
    "fixtures": ("fixtures", "generate", "e", "--output", LONG),
    "fixtures that are there": ("fixtures", "verify", LONG),
    "witnesses": ("check", "--save-witnesses", LONG),
    "a contract": ("contract", "init", "e", LONG),
    "deployments": ("deploy", "list", "--deployments", LONG),
    "recorded events": ("replay", LONG, "--reader", "e-v1.avsc"),
    "a state": ("replay", "e-v1.avsc", "--reader", "e-v1.avsc", "--resume", LONG),
    "a schema": ("check", LONG),
    "a configuration": ("check", "--config", LONG),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_name_that_no_file_can_have_is_told_as_one(name: str, tmp_path: Path, run: Run) -> None:
    for number in (1, 2):
        (tmp_path / f"e-v{number}.avsc").write_text(
            '{"type": "record", "name": "E", "fields": [{"name": "a", "type": "int"}]}'
        )
    result = run(*WORDS[name], cwd=tmp_path, environment={"EVTCOMPAT_CACHE_DIR": str(tmp_path / "cache")})
    assert result.code in (2, 3)
    assert "fault in evtcompat" not in result.out + result.err
    assert LONG[:50] in result.out + result.err


@pytest.mark.parametrize("words", [("rules",), ("explain", "type-mismatch")], ids=" ".join)
def test_a_reader_that_has_gone_is_no_verdict(words: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "evtcompat", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 3


def test_a_file_that_ends_too_early_is_a_fault_and_no_verdict(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get_command(*_: object) -> object:
        raise EOFError

    monkeypatch.setattr(Commands, "get_command", get_command)
    result = run("rules", cwd=tmp_path, environment={"EVTCOMPAT_CACHE_DIR": str(tmp_path / "cache")})
    assert result.code == 3
    assert "a fault in evtcompat" in result.err


@pytest.mark.parametrize("option", ["--deadline", "--for", "--rate"])
def test_what_is_no_number_is_wrong_usage(option: str, tmp_path: Path, run: Run) -> None:
    assert run("exercise", "e", option, "nan", cwd=tmp_path).code == 2


#: Says where it is, and never ends.
ENDLESS = """
import os, pathlib
pathlib.Path(__file__).with_name("pid").write_text(str(os.getpid()))
while True: pass
"""
RUNS = {
    "an import of models": ("check", "shop.endless:"),
    "a function that makes events": ("contract", "verify", "--produced", "shop.endless:events"),
    "a server for an editor": ("lsp",),
}

QUESTION = b'{"jsonrpc": "2.0", "id": 1, "method": "nobody/knows"}'


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_what_the_run_began_too(number: signal.Signals, name: str, tmp_path: Path) -> None:
    shop, scratch = tmp_path / "shop", tmp_path / "scratch"
    shop.mkdir()
    scratch.mkdir()
    (shop / "endless.py").write_text(ENDLESS)
    write_versions(tmp_path, json_object("id", id={"type": "string"}), suffix=".json")
    contract(tmp_path, "search", 'needs = ["id"]\nwritten-against = "1"\n')
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat"), "TMPDIR": str(scratch)}
    with subprocess.Popen(
        [sys.executable, "-m", "evtcompat", *RUNS[name]],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as run:
        until, said = time.monotonic() + 60, shop / "pid"
        if name == "a server for an editor":
            assert run.stdin is not None
            assert run.stdout is not None
            run.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(QUESTION), QUESTION))
            run.stdin.flush()
            assert run.stdout.readline()
        while name != "a server for an editor" and not (said.exists() and said.read_text()):
            assert time.monotonic() < until
            time.sleep(0.05)
        run.send_signal(number)
        assert run.wait(4) == 128 + number
    assert not said.exists() or not is_alive(int(said.read_text()))
    assert list(scratch.iterdir()) == []


@pytest.mark.slow
def test_a_function_that_makes_events_ends_with_a_run_that_is_killed(tmp_path: Path) -> None:
    """However the run ends: it may have started the process, and not know its number yet."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "endless.py").write_text(ENDLESS)
    write_versions(tmp_path, json_object("id", id={"type": "string"}), suffix=".json")
    contract(tmp_path, "search", 'needs = ["id"]\nwritten-against = "1"\n')
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat"), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "evtcompat", *RUNS["a function that makes events"]]
    with subprocess.Popen(command, cwd=tmp_path, env=environment) as run:
        until, said = time.monotonic() + 60, shop / "pid"
        while not (said.exists() and said.read_text()):
            assert time.monotonic() < until
            time.sleep(0.05)
        run.kill()
    until = time.monotonic() + 10
    while is_alive(int(said.read_text())) and "Z" not in _state(int(said.read_text())):
        assert time.monotonic() < until
        time.sleep(0.05)


def _state(process: int) -> str:
    """As Linux tells it; a process that ended stays a zombie until its parent asks for it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


@pytest.mark.skipif(os.name == "nt", reason="a signal of POSIX")
def test_an_interrupt_while_modules_are_loaded_ends_without_a_traceback(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # which who runs the tests may have set aside
        "class Interrupted:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'evtcompat.cli.direct': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "from evtcompat.cli.main import main; main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat")}
    command = [sys.executable, "-c", script, "check", "x.avsc"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
