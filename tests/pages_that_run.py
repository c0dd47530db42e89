"""Pages of the documentation that are carried out: blocks with a file name write it, ``console`` blocks run."""

from __future__ import annotations

import re
from collections.abc import Callable

_BLOCK = re.compile(r"^```(?P<word>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def run_page(text: str, write: Callable[[str, str], object], printed: Callable[[str], str]) -> str:
    """The page with what its commands print now.

    Args:
        text: The page.
        write: Called with the name and the content of each file.
        printed: Runs a command; its answer are whole lines.
    """
    made: list[str] = []
    end = 0
    for block in _BLOCK.finditer(text):
        made.append(text[end : block.start()])
        end = block.end()
        content = block["text"]
        if block["file"]:
            write(block["file"], content)
        elif block["word"] == "console":
            commands = re.findall(r"^\$ (.*)$", content, re.MULTILINE)
            content = "".join(f"$ {command}\n{printed(command)}" for command in commands)
        name = f" {block['file']}" if block["file"] else ""
        made.append(f"```{block['word']}{name}\n{content}```")
    return "".join([*made, text[end:]])
