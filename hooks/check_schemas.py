"""evtcompat as it stands in this checkout, as this repository's own pre-commit hook."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "compat"))

from evtcompat.cli.main import main

if __name__ == "__main__":
    sys.argv[1:1] = ["check", "--staged"]
    main()
