"""Text from strangers, made harmless for each place where a report shows it.

Names and messages come from schemas, and a schema may come from anybody. Every function first writes control and
format characters (escape sequences, line breaks, bidirectional overrides) as visible escapes.
"""

from __future__ import annotations

import html as _html
import re

from evtcompat.reporters.terminal import brief, printable

__all__ = ["code", "html", "markdown", "printable", "workflow_message", "workflow_property", "xml"]

#: Characters that Markdown takes for markup anywhere; HTML's own characters become entities.
_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
#: What begins a block when it begins a line: a list, a heading, a quotation, an underline.
_BLOCK = re.compile(r"[-+=#]|\d+[.)]")
#: What forges turn into mentions, references and links in running text; an empty comment in between prevents it.
_LINKS = re.compile(r"[@#!%~$](?=[\w\\])|&amp;(?=[\w\\])|:(?=//)|\bwww(?=\.)", re.IGNORECASE)
_COMMENT = "<!-- -->"
#: What XML 1.0 has no character for, besides those that `printable` escapes.
_NOT_XML = re.compile("[\ufffe\uffff]")


def workflow_message(text: str) -> str:
    """The text as the message of a GitHub workflow command: on one line, whatever it holds.

    Line breaks that the reporter itself wrote stay line breaks of the message; call `printable` on foreign parts first.
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """The text as a property of a GitHub workflow command (``title=``, ``file=``)."""
    return workflow_message(printable(brief(text))).replace(":", "%3A").replace(",", "%2C")


def html(text: str) -> str:
    """The text as HTML, fit for content and for quoted attributes."""
    return _html.escape(printable(text), quote=True)


def xml(text: str) -> str:
    """The text as XML 1.0 content or attribute; characters that XML has no word for are written as escapes."""
    plain = _NOT_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", printable(text))
    return _html.escape(plain, quote=True).replace("&#x27;", "&#39;")


def code(text: str, *, in_table: bool = False) -> str:
    """The text as a code span of Markdown: nothing in it is markup, a mention or a link."""
    text = printable(brief(text)) or " "
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    if text.startswith(("`", " ")) or text.endswith(("`", " ")):
        text = f" {text} "
    span = f"{fence}{text}{fence}"
    return span.replace("|", "\\|") if in_table else span


def markdown(text: str, *, in_table: bool = False) -> str:
    """The text as inline Markdown: parts between single backticks become code spans, the rest is literal.

    No markup, HTML, mention (``@team``), reference (``#1``) or bare link of the text has an effect.
    """
    parts = printable(brief(text)).split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner is a character like any other
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    written = "".join(
        (code(part, in_table=in_table) if part else "\\`\\`") if index % 2 else _literal(part)
        for index, part in enumerate(parts)
    ).lstrip(" ")
    block = _BLOCK.match(written)
    return f"{written[: block.end() - 1]}\\{written[block.end() - 1 :]}" if block else written


def _literal(text: str) -> str:
    escaped = _MARKUP.sub(r"\\\1", _html.escape(text, quote=False))
    return _LINKS.sub(lambda match: match[0] + _COMMENT, escaped)
