"""How much of a file's past is taken for its versions."""

from __future__ import annotations

from typing import Annotated, Final

import typer

#: How many versions of a file that is edited in place are shown by default.
NEWEST: Final = 10

Past = Annotated[
    int,
    typer.Option(
        "--past",
        min=0,
        metavar="N",
        help="Of a single file without a version: how many contents of git's history are its versions; 0: none.",
    ),
]
