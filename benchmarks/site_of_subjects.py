"""A site of many subjects: how long `evtcompat report --site` takes with one process and with one for each core.

Builds the repository of `many_subjects.py`, commits further versions of every subject's file where asked, and times the
whole process, git's included. Prints wall time, CPU time, the peak of memory and the size of the site, and whether both
sites are the same.

    python benchmarks/site_of_subjects.py [SUBJECTS [VERSIONS [SHARE OF JSON SCHEMA, 0 to 1]]]
"""

from __future__ import annotations

import filecmp
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from many_subjects import ROOT, build, change

_COMMIT = ("git", "-c", "user.name=b", "-c", "user.email=b@b", "commit", "-qam", "another version")


def run(repository: Path, site: Path, workers: int) -> None:
    """Time one whole process."""
    command = [sys.executable, "-m", "evtcompat", "report", "--site", str(site), "--workers", str(workers)]
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "compat"),
    }  # what is measured is the checkout around this file
    done = subprocess.run(command, cwd=repository, check=False, env=environment, stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 2**20
    memory = after.ru_maxrss / 1024
    print(
        f"{workers} processes  {wall:6.1f} s wall  {cpu:6.1f} s cpu  {memory:6.0f} MB peak of one  "
        f"{size:6.0f} MB site  exit {done.returncode}"
    )


def main() -> None:
    """Print the table."""
    subjects = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    versions = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    share = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "repo"
        folder.mkdir()
        files = build(folder, subjects, share)
        for _ in range(1, versions):
            for path in files:
                change(path)
            subprocess.run(_COMMIT, cwd=folder, check=True)
        sites = [Path(name) / "one", Path(name) / "all"]
        for site, workers in zip(sites, (1, os.cpu_count() or 1), strict=True):
            run(folder, site, workers)
        pages = [str(path.relative_to(sites[0])) for path in sites[0].rglob("*") if path.is_file()]
        _, differ, missing = filecmp.cmpfiles(sites[0], sites[1], pages, shallow=False)
        print("the same bytes" if not differ and not missing else f"{len(differ) + len(missing)} files differ")


if __name__ == "__main__":
    main()
