"""Checking many subjects against a registry with latency, FULL_TRANSITIVE: cold, then from the cache.

python benchmarks/registry_history.py [SUBJECTS] [VERSIONS] [LATENCY_MS]

The promise is 60 s cold and 10 s cached for 200 subjects with 30 versions each at 20 ms. The registry runs in a process
of its own, on the same machine. For comparison, the same requests one after the other would take
subjects x (versions + 3) x latency of waiting alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_SERVER = """
import json, sys
from evtcompat.testing import RegistryServer
from evtcompat.testing.store import Content
subjects, versions, latency = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
server = RegistryServer(level="FULL_TRANSITIVE", latency=latency)
for subject in range(subjects):
    for version in range(1, versions + 1):
        fields = [{"name": "id", "type": "long"}, {"name": "subject%d" % subject, "type": "string"}]
        fields += [{"name": "f%d" % n, "type": ["null", "string"], "default": None} for n in range(version)]
        text = json.dumps({"type": "record", "name": "R%d" % subject, "namespace": "bench", "fields": fields})
        number = subject * versions + version
        server.store.add("subject-%03d" % subject, Content(text, "AVRO"), wanted=(number, version))
print(server.start().url, flush=True)
sys.stdin.read()
"""


def main(subjects: int, versions: int, latency: float) -> None:
    """Print the seconds of a cold and of a cached run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for subject in range(subjects):
            fields: list[dict[str, object]] = [
                {"name": "id", "type": "long"},
                {"name": f"subject{subject}", "type": "string"},
            ]
            fields += [{"name": f"f{n}", "type": ["null", "string"], "default": None} for n in range(versions + 1)]
            record = {"type": "record", "name": f"R{subject}", "namespace": "bench", "fields": fields}
            (folder / f"subject-{subject:03}.avsc").write_text(json.dumps(record))
        with subprocess.Popen(
            [sys.executable, "-c", _SERVER, str(subjects), str(versions), str(latency)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as server:
            if server.stdout is None or server.stdin is None:
                raise AssertionError
            url = server.stdout.readline().strip()
            environ: dict[str, str] = {
                **os.environ,
                "EVTCOMPAT_REGISTRY_URL": url,
                "EVTCOMPAT_CACHE_DIR": str(folder / ".cache"),
            }
            for run in ("cold", "cached"):
                begin = time.perf_counter()
                done = subprocess.run(
                    [sys.executable, "-m", "evtcompat", "check", ".", "--against", "registry"],
                    cwd=folder,
                    env=environ,
                    check=False,
                    capture_output=True,
                    text=True,
                )
                took = time.perf_counter() - begin
                last = done.stdout.strip().splitlines()[-1:] or [done.stderr[-500:]]
                print(f"{run}: {took:.1f} s, exit code {done.returncode}, {last[0]}")
            server.stdin.close()
    print(f"waiting alone, one after the other: {subjects * (versions + 3) * latency:.0f} s")


if __name__ == "__main__":
    words = [*sys.argv[1:], *("200", "30", "20")[len(sys.argv) - 1 :]]
    main(int(words[0]), int(words[1]), float(words[2]) / 1000)
