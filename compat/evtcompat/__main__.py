"""``python -m evtcompat``."""

from evtcompat.cli.main import main

if __name__ == "__main__":
    main()
