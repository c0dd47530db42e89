r"""Reading the text of an ECMA-262 regular expression.

The grammar is that of Unicode mode (patterns are sequences of code points) with the leniency of Annex B where it
cannot change the meaning: needless escapes, a literal ``{``, ``}`` or ``]``. What other dialects write differently is
refused by name rather than read as what its author did not mean (``\A`` is the letter A to ECMA-262 and the start of
the text to most others).
"""

from __future__ import annotations

import re
from typing import Final, NoReturn

from evtcompat.regular.code_points import ANY, NONE, CodePoints
from evtcompat.regular.ecma.character_classes import BY_LETTER, CONTROLS, DOT, unicode_property
from evtcompat.regular.ecma.syntax import (
    EMPTY,
    Boundary,
    Choice,
    End,
    InvalidPatternError,
    Item,
    LookAhead,
    LookBehind,
    OneOf,
    Quantified,
    Sequence,
    Start,
    UnsupportedPatternError,
)

#: Groups inside groups that are still read; everything that works on terms recurses as deep.
MAX_NESTING: Final = 64
#: Characters of a pattern that is still read: what works on its tree takes seconds for some more.
LONGEST: Final = 12_000

_BRACES: Final = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_HEX_ESCAPE: Final = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}")
_LOW_SURROGATE: Final = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_PROPERTY: Final = re.compile(r"[pP]\{([A-Za-z0-9_=]+)\}")
_GROUP_NAME: Final = re.compile(r"\?<([^\W\d][\w$]*|[$][\w$]*)>")
_NAMED_GROUP: Final = re.compile(r"\(\?<(?![=!])")

# What stands behind "(?" in other dialects, and what it is called there. The first that fits counts.
_FOREIGN_GROUPS: Final = (
    (re.compile(r"\?P<"), "a named group in Python's notation (?P<name>...); ECMA-262 writes (?<name>...)"),
    (re.compile(r"\?P[=>]"), "a back-reference or subroutine call in Python's or PCRE's notation"),
    (re.compile(r"\?>"), "an atomic group (?>...), which ECMA-262 does not have"),
    (re.compile(r"\?#"), "a comment (?#...), which ECMA-262 does not have"),
    (re.compile(r"\?\|"), "a branch reset group (?|...), which ECMA-262 does not have"),
    (re.compile(r"\?\("), "a conditional group (?(...)...), which ECMA-262 does not have"),
    (re.compile(r"\?(?:R|[+-]?[0-9]+|&\w*)\)"), "recursion, which ECMA-262 does not have"),
    (re.compile(r"\?'"), "a named group in PCRE's notation; ECMA-262 writes (?<name>...)"),
    (re.compile(r"\?\^?[a-zA-Z]*(?:-[a-zA-Z]+)?\)"), "an inline flag group such as (?i), which ECMA-262 does not have"),
)
_MODIFIERS: Final = re.compile(r"\?[ims]*(?:-[ims]+)?:")
# Letters that escape to something else in other dialects, for the message.
_FOREIGN_ESCAPES: Final = {
    "A": "the start of the text",
    "Z": "the end of the text",
    "z": "the end of the text",
    "G": "the end of the last match",
    "K": "a match reset",
    "Q": "a quotation",
    "E": "the end of a quotation",
    "h": "horizontal space",
    "H": "no horizontal space",
    "R": "any line break",
    "X": "a grapheme",
    "a": "the bell character",
    "e": "the escape character",
    "N": "no line break",
    "C": "one byte",
    "i": "a name's first character",
    "c": "a name's character",
    "I": "no name's first character",
    "g": "a back-reference",
    "l": "a lower-case letter",
    "L": "no lower-case letter",
    "U": "an upper-case letter",
    "m": "a word's start",
    "M": "a word's end",
    "y": "a word's start",
    "Y": "no word boundary",
    "o": "an octal number",
}


def read(pattern: str) -> Item:
    """The tree of ``pattern``.

    Raises:
        InvalidPatternError: It is no ECMA-262 regular expression.
        UnsupportedPatternError: It uses a construct that is not regular, not modelled, or read differently by other
        dialects, or it is longer than `LONGEST`.
    """
    if len(pattern) > LONGEST:
        message = f"{len(pattern):,} characters, of which {LONGEST:,} are read"
        raise UnsupportedPatternError(message, pattern, LONGEST)
    return _Reader(pattern).whole()


class _Reader:
    """A position in a pattern, and what to read there."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0

    def _invalid(self, message: str, at: int | None = None) -> NoReturn:
        raise InvalidPatternError(message, self._text, self._at if at is None else at)

    def _unsupported(self, message: str, at: int | None = None) -> NoReturn:
        raise UnsupportedPatternError(message, self._text, self._at if at is None else at)

    def _peek(self) -> str:
        """The character here, or the empty string at the end."""
        return self._text[self._at : self._at + 1]

    def _take(self, token: str) -> bool:
        """Step over ``token`` if it stands here."""
        if self._text.startswith(token, self._at):
            self._at += len(token)
            return True
        return False

    def _match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        """Step over what ``expression`` matches here."""
        found = expression.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def whole(self) -> Item:
        """The whole pattern."""
        item = self._choice()
        if self._at < len(self._text):
            self._invalid("a closing parenthesis without an opening one")
        return item

    def _choice(self) -> Item:
        options = [self._sequence()]
        while self._take("|"):
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Item:
        items = []
        while self._peek() not in ("", "|", ")"):
            start = self._at
            items.append(self._quantified(self._item(), start))
        return items[0] if len(items) == 1 else Sequence(tuple(items)) if items else EMPTY

    def _bounds(self) -> tuple[int, int | None] | None:
        """The quantifier that stands here, if one does."""
        if self._take("*"):
            return 0, None
        if self._take("+"):
            return 1, None
        if self._take("?"):
            return 0, 1
        start = self._at
        braces = self._match(_BRACES)
        if braces is None:
            return None
        digits, comma, more = braces.groups()
        if max(len(digits), len(more or "")) > 15:  # noqa: PLR2004 - more digits than any string is long
            self._unsupported("a repetition count that no string can reach", start)
        low = int(digits)
        high = low if comma is None else int(more) if more else None
        if high is not None and high < low:
            self._invalid(f"the repetition {braces[0]} has its bounds in the wrong order", start)
        return low, high

    def _quantified(self, item: Item, start: int) -> Item:
        """``item`` with the quantifier behind it, if there is one."""
        here = self._at
        bounds = self._bounds()
        if bounds is None:
            return item
        if (
            self._text[start] in "^$"
            or (isinstance(item, Boundary) and self._text[start] == "\\")
            or (isinstance(item, LookBehind) and self._text.startswith(("(?<=", "(?<!"), start))
        ):
            self._invalid(f"nothing to repeat: {self._text[start:here]!r} matches no character", here)
        self._take("?")  # what is tried first does not change which strings match
        if self._peek() == "+":
            self._invalid("a possessive quantifier, which ECMA-262 does not have")
        again = self._at
        if self._bounds() is not None:
            self._invalid("a quantifier behind a quantifier", again)
        return Quantified(item, *bounds)

    def _item(self) -> Item:
        here = self._peek()
        if here == "(":
            return self._group()
        if here == "[":
            return OneOf(self._class())
        if here == "\\":
            return self._escape()
        if here in "*+?" or (here == "{" and _BRACES.match(self._text, self._at)):
            self._invalid(f"nothing to repeat before {here!r}")
        self._at += 1
        if here == "^":
            return Start()
        if here == "$":
            return End()
        if here == ".":
            return OneOf(DOT)
        return OneOf(self._single(ord(here), self._at - 1))

    def _single(self, code_point: int, at: int) -> CodePoints:
        """The set of one code point."""
        members = CodePoints.half_open([(code_point, code_point + 1)])
        if not members:
            self._unsupported("half of a surrogate pair; strings are compared by whole code points", at)
        return members

    def _group(self) -> Item:
        start = self._at
        self._at += 1
        self._depth += 1
        if self._depth > MAX_NESTING:
            self._unsupported(f"groups nested more than {MAX_NESTING} deep")
        if self._peek() == "*":
            self._invalid("a control verb (*...), which ECMA-262 does not have", start)
        item: Item
        if self._take("?="):
            item = LookAhead(self._choice(), negated=False)
        elif self._take("?!"):
            item = LookAhead(self._choice(), negated=True)
        elif self._take("?<="):
            item = self._look_behind(start, negated=False)
        elif self._take("?<!"):
            item = self._look_behind(start, negated=True)
        elif self._take("?:") or self._peek() != "?" or self._match(_GROUP_NAME):
            item = self._choice()
        else:
            self._foreign_group(start)
        if not self._take(")"):
            self._invalid("a group that is not closed", start)
        self._depth -= 1
        return item

    def _foreign_group(self, start: int) -> NoReturn:
        """Refuse what stands behind the parenthesis, by name."""
        for expression, name in _FOREIGN_GROUPS:
            if expression.match(self._text, self._at):
                self._invalid(name, start)
        if _MODIFIERS.match(self._text, self._at):
            self._unsupported("a group with modifiers (ECMA-262 2025), which is not modelled", start)
        if self._text.startswith("?<", self._at):
            self._invalid("a group name that is no identifier", start)
        self._invalid("an unknown kind of group", start)

    def _look_behind(self, start: int, *, negated: bool) -> Item:
        """A look-behind, as far as one code point tells: ``(?<=[a-z])``, ``(?<!^|,)``."""
        body = self._choice()
        options: list[CodePoints | None] = []
        for option in body.options if isinstance(body, Choice) else (body,):
            if isinstance(option, Start):
                options.append(None)
            elif isinstance(option, OneOf):
                options.append(option.members)
            else:
                self._unsupported("a look-behind of more than one character, which is not modelled", start)
        return LookBehind(tuple(options), negated=negated)

    def _escape(self) -> Item:
        start = self._at
        self._at += 1
        here = self._peek()
        if here == "":
            self._invalid("a backslash at the end", start)
        if here in ("b", "B"):
            self._at += 1
            return Boundary(negated=here == "B")
        if here in "123456789":
            self._back_reference(start)
        if here == "k":
            self._unsupported("a back-reference to a named group: the language is not regular", start)
        return OneOf(self._escaped_set(start))

    def _back_reference(self, start: int) -> NoReturn:
        digits = re.compile("[0-9]+").match(self._text, self._at)
        number = int(digits[0]) if digits is not None and len(digits[0]) < 4 else 1000  # noqa: PLR2004 - no pattern has a thousand groups
        if number <= _groups(self._text):
            self._unsupported(f"a back-reference (\\{number}): the language is not regular", start)
        self._unsupported(f"the escape \\{self._peek()} without a group of that number: an octal escape at best", start)

    def _escaped_set(self, start: int) -> CodePoints:
        r"""What an escape stands for that is meant in and outside of classes; the position is behind the backslash."""
        here = self._peek()
        if here in BY_LETTER:
            self._at += 1
            return BY_LETTER[here]
        if here in ("p", "P"):
            return self._property(start)
        return self._single(self._escaped_character(start), start)

    def _property(self, start: int) -> CodePoints:
        found = self._match(_PROPERTY)
        if found is None:
            self._unsupported(r"\p without {...}: Unicode properties are written \p{Name}", start)
        members = unicode_property(found[1])
        if members is None:
            self._unsupported(f"the Unicode property {found[1]}, which is unknown or not modelled", start)
        return members if found[0][0] == "p" else ~members

    def _escaped_character(self, start: int) -> int:
        """The code point that an escape stands for; the position is behind the backslash."""
        here = self._peek()
        if here in ("x", "u"):
            return self._hexadecimal(start)
        self._at += 1
        if here in CONTROLS:
            return CONTROLS[here]
        if here == "c" and "A" <= self._peek().upper() <= "Z":
            letter = self._peek()
            self._at += 1
            return ord(letter) % 32
        if here == "0":
            if self._peek().isdigit() and self._peek().isascii():
                self._unsupported("an octal escape, which only Annex B of ECMA-262 knows", start)
            return 0
        if here.isascii() and here.isalpha():
            meant = _FOREIGN_ESCAPES.get(here)
            other = f" and {meant} in other dialects" if meant else ""
            self._unsupported(
                f"the escape \\{here}, which is no escape in ECMA-262 (in Annex B the letter itself){other}", start
            )
        return ord(here)

    def _hexadecimal(self, start: int) -> int:
        r"""The code point of ``\xHH``, ``\uHHHH`` (two of them for a surrogate pair) or ``\u{...}``."""
        found = self._match(_HEX_ESCAPE)
        if found is None:
            self._unsupported(f"the escape \\{self._peek()} without its hexadecimal digits", start)
        digits = found[1] or found[2] or found[3]
        if len(digits.lstrip("0")) > 6 or int(digits, 16) > 0x10FFFF:  # noqa: PLR2004 - the digits of the largest code point
            self._invalid("a code point beyond 10FFFF", start)
        code_point = int(digits, 16)
        if found[2] and 0xD800 <= code_point <= 0xDBFF:  # noqa: PLR2004 - the high surrogates
            low = self._match(_LOW_SURROGATE)
            if low is not None:
                return 0x10000 + ((code_point - 0xD800) << 10) + int(low[1], 16) - 0xDC00
        return code_point

    def _class(self) -> CodePoints:
        start = self._at
        self._at += 1
        negated = self._take("^")
        members = []
        while not self._take("]"):
            if self._peek() == "":
                self._invalid("a character class that is not closed", start)
            first = self._at
            low = self._class_atom()
            if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("", "]"):
                self._at += 1
                high = self._class_atom()
                if len(low) == len(high) == 1:
                    members.append(self._range(low, high, first))
                else:  # Annex B: a set on either side makes the hyphen a hyphen
                    members += [low, high, CodePoints.characters("-")]
            else:
                members.append(low)
        whole = CodePoints.half_open(pair for one in members for pair in one.ranges()) if members else NONE
        return (~whole if whole else ANY) if negated else whole

    def _range(self, low: CodePoints, high: CodePoints, at: int) -> CodePoints:
        first, last = low.bounds[0], high.bounds[0]
        if last < first:
            self._invalid(f"the range {self._text[at : self._at]!r} has its ends in the wrong order", at)
        return CodePoints.of((first, last))

    def _class_atom(self) -> CodePoints:
        start = self._at
        here = self._peek()
        self._at += 1
        if here != "\\":
            return self._single(ord(here), start)
        escaped = self._peek()
        if escaped == "":
            self._invalid("a backslash at the end", start)
        if escaped == "b":
            self._at += 1
            return CodePoints.characters("\b")
        if escaped in "123456789":
            self._unsupported(f"the escape \\{escaped} in a character class: an octal escape at best", start)
        return self._escaped_set(start)


def _groups(text: str) -> int:
    """How many capturing groups the pattern has."""
    bare = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "", text, flags=re.DOTALL)
    return len(re.findall(r"\((?!\?)", bare)) + len(_NAMED_GROUP.findall(bare))
