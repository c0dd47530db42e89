"""`dataclass` of the standard library, whose methods are written when they are first looked up.

The standard library writes and compiles some six methods with every class, half a millisecond: a quarter of a short
run, which imports many classes and makes values of few. Fields, slots, `replace` and `asdict` are the standard
library's own, and type checkers see nothing else. Without `kw_only`, `InitVar` and `unsafe_hash`: nothing here uses
them.
"""

from __future__ import annotations

import dataclasses
import reprlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, FrozenInstanceError, asdict, field, fields, is_dataclass, replace
from functools import partial
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, NamedTuple

__all__ = ["asdict", "dataclass", "field", "fields", "is_dataclass", "replace"]

_ORDER = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


class _Written(NamedTuple):
    """A method as text."""

    parameters: Sequence[str]
    statements: Sequence[str]
    #: What parameters and statements name.
    values: Mapping[str, object] = {}
    annotations: Mapping[str, object] = {}


class _Factory:
    def __repr__(self) -> str:
        return "<factory>"  # in a signature, as the standard library has it


def _dataclass(
    cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True, order: bool = False
) -> Any:  # noqa: ANN401 - the class, or what takes one
    if cls is None:
        return partial(_dataclass, frozen=frozen, slots=slots, eq=eq, order=order)
    own = {name for name, value in vars(cls).items() if value is not None}
    if cls.__doc__ is None:
        cls.__doc__ = cls.__name__  # the standard library would look at a signature
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    written: dict[str, Callable[[type], _Written]] = {"__init__": partial(_init, frozen=frozen)}
    if eq:
        written["__eq__"] = partial(_compared, sign="==")
    if eq and frozen:
        written["__hash__"] = _hash
    if order:
        written |= {name: partial(_compared, sign=sign) for name, sign in _ORDER.items()}
    methods: dict[str, object] = {"__repr__": _repr, "__hash__": None} if eq else {"__repr__": _repr}
    methods |= {name: _Unwritten(made, name, write) for name, write in written.items()}
    if frozen:
        methods |= _guards(made)
    if frozen and slots:
        methods |= {"__getstate__": _state, "__setstate__": _set_state}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass


class _Unwritten:
    """A method that is written, and put where it belongs, when it is first looked up."""

    def __init__(self, cls: type, name: str, write: Callable[[type], _Written]) -> None:
        self._cls, self._name, self._write = cls, name, write

    def __get__(self, value: object, owner: type | None = None) -> object:
        cls, name, written = self._cls, self._name, self._write(self._cls)
        text = f"def {name}({', '.join(written.parameters)}): {'; '.join(written.statements)}"
        # names in annotations are those of the class's module, as for a method that was written there
        around = vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}
        named = {**around, **written.values} if written.values else around
        found: dict[str, Any] = {}
        exec(text, named, found)  # noqa: S102 - names of fields, as the standard library does it
        method = found[name]
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        method.__annotations__ = written.annotations
        setattr(cls, name, method)
        return method.__get__(value, owner)


def _init(cls: type, *, frozen: bool) -> _Written:
    parameters, statements = ["self"], []
    values: dict[str, object] = {"_missing": _Factory(), "_set": object.__setattr__}
    for one in fields(cls):
        name = value = parameter = one.name
        if one.default_factory is not MISSING:
            values[f"_new_{name}"] = one.default_factory
            parameter = f"{name}=_missing"
            value = f"_new_{name}() if {name} is _missing else {name}" if one.init else f"_new_{name}()"
        elif one.default is not MISSING:
            values[f"_default_{name}"] = one.default
            parameter = f"{name}=_default_{name}"
            value = name if one.init else f"_default_{name}"
        elif not one.init:
            continue  # `__post_init__` sees to it
        if one.init:
            parameters.append(parameter)
        place = getattr(cls, name, None)
        if not frozen:
            statements.append(f"self.{name} = {value}")
        elif isinstance(place, MemberDescriptorType):  # twice as quick
            values[f"_set_{name}"] = place.__set__
            statements.append(f"_set_{name}(self, {value})")
        else:
            statements.append(f"_set(self, {name!r}, {value})")
    statements.append("self.__post_init__()" if hasattr(cls, "__post_init__") else "return")
    annotations = {one.name: one.type for one in fields(cls) if one.init} | {"return": None}
    return _Written(parameters, statements, values, annotations)


def _compared(cls: type, *, sign: str) -> _Written:
    names = [one.name for one in fields(cls) if one.compare]
    told = f"{_tuple('self', names)} {sign} {_tuple('other', names)}"
    statement = f"return {told} if other.__class__ is self.__class__ else NotImplemented"
    return _Written(("self", "other"), (statement,))


def _hash(cls: type) -> _Written:
    names = [one.name for one in fields(cls) if (one.compare if one.hash is None else one.hash)]
    return _Written(("self",), (f"return hash({_tuple('self', names)})",))


def _tuple(of: str, names: Sequence[str]) -> str:
    return f"({''.join(f'{of}.{name}, ' for name in names)})"


@reprlib.recursive_repr()
def _repr(self: Any) -> str:  # noqa: ANN401 - of whichever class
    shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({shown})"


def _guards(cls: Any) -> dict[str, object]:  # noqa: ANN401 - a class, with its fields
    """What keeps a value of a frozen class as it is."""

    def __setattr__(self: object, name: str, value: object) -> None:  # noqa: N807 - it becomes a method
        if type(self) is cls or name in cls.__dataclass_fields__:
            message = f"cannot assign to field {name!r}"
            raise FrozenInstanceError(message)
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: object, name: str) -> None:  # noqa: N807 - likewise
        if type(self) is cls or name in cls.__dataclass_fields__:
            message = f"cannot delete field {name!r}"
            raise FrozenInstanceError(message)
        super(cls, self).__delattr__(name)

    return {"__setattr__": __setattr__, "__delattr__": __delattr__}


def _state(self: Any) -> list[object]:  # noqa: ANN401 - see `_repr`
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: Sequence[object]) -> None:  # noqa: ANN401 - see `_repr`
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
