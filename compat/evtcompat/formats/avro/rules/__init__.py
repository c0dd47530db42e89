"""The rules about pairs of Avro schemas and about one of them: each module of this package makes one, as its `RULE`.

A module that is added here is found; its cases are folders in `tests/cases`, under the rule's id. What a rule judges is
one of `formats.avro.differences`: a new kind of difference has to be reported where a walk meets it.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Final

from evtcompat.formats.avro.differences import ValueConverted
from evtcompat.formats.avro.types import Primitive
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evtcompat.formats.avro.rule import AvroRule, Breach
    from evtcompat.formats.avro.types import Fixed, Logical

_WEIGHT: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def _collected() -> dict[str, AvroRule]:
    """The rules of all modules by their ids, the most severe first; modules that begin with an underscore help them."""
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    rules: list[AvroRule] = [import_module(f"{__name__}.{name}").RULE for name in names]
    return {rule.id: rule for rule in sorted(rules, key=lambda rule: (_WEIGHT[rule.text.severity], rule.id))}


RULES: Final = _collected()
#: What the catalogue has of them.
AVRO_RULES: Final = tuple(rule.text for rule in RULES.values())

_JUDGES: Final[dict[type, list[tuple[AvroRule, Callable[[Any], Breach | None]]]]] = {}
for _rule in RULES.values():
    for _judge in _rule.judges:
        _JUDGES.setdefault(_judge.difference, []).append((_rule, _judge.breach))


def breaches(difference: object) -> list[tuple[AvroRule, Breach]]:
    """The rules that a difference breaks, and how; the most severe first."""
    found = []
    for rule, judge in _JUDGES.get(type(difference), ()):
        breach = judge(difference)
        if breach is not None:
            found.append((rule, breach))
    return found


def conversion_breaches(reader: Primitive | Fixed, writer: Primitive | Fixed) -> Sequence[tuple[AvroRule, Breach]]:
    """The `breaches` of a value that is converted: a matter of kinds and logical types, and the same for all alike."""
    return _conversion(reader.kind, reader.logical, writer.kind, writer.logical)


@lru_cache(maxsize=4096)
def _conversion(
    reader_kind: int, ours: Logical | None, writer_kind: int, theirs: Logical | None
) -> Sequence[tuple[AvroRule, Breach]]:
    return breaches(ValueConverted(Primitive(reader_kind, ours), Primitive(writer_kind, theirs)))
