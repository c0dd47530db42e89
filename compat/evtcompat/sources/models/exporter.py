"""Runs in the interpreter of the models, not in evtcompat's: imports a module, and writes the schemas of its models.

Called as a script with a file that says what is wanted; nothing of evtcompat, and nothing newer than Python 3.9, is
used here. What the module prints goes nowhere, threads that it starts are not waited for.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import inspect
import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any


def main(request_file: str) -> None:
    """Write what was asked for, and end the process at once."""
    with open(request_file, encoding="utf-8") as file:  # noqa: PTH123 - no more than is needed is imported
        request = json.load(file)
    sys.path[:0] = request["paths"]
    try:
        module = importlib.import_module(request["module"])
        payloads = request.get("payloads")
        if payloads is None:
            answer = exported(module, request["names"], optional=request["optional"])
        else:
            answer = tried(getattr(module, request["names"][0]), payloads)
    except BaseException as error:  # noqa: BLE001 - whatever a module raises, SystemExit too, is told
        answer = {"failed": said(error)}
    with open(request["answer"], "w", encoding="utf-8") as file:  # noqa: PTH123 - as above
        json.dump(answer, file)
    os._exit(0)


def said(error: BaseException) -> str:
    """An exception as its last part says it, on one line."""
    return " ".join(traceback.format_exception_only(type(error), error)[-1].split())[:2000]


def exported(module: ModuleType, names: list[str], *, optional: bool) -> dict[str, object]:
    """The models of a module and those that are named, each with its schemas; what fails is told by name.

    A name that is not there fails as well, unless it is optional.
    """
    own = {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == getattr(module, "__name__", "")
    }
    found = {name: value for name, value in own.items() if isinstance(value, type) and is_model(value)}
    for name in names:
        if name not in found and hasattr(module, name):
            found[name] = getattr(module, name)
    models: list[dict[str, Any]] = []
    documents: list[dict[str, str]] = []
    absent = [] if optional else [name for name in names if not hasattr(module, name)]
    failed = dict.fromkeys(absent, "the module has nothing of this name")
    for name, value in found.items():
        try:
            if is_application(value):
                documents.append({"name": name, "text": json.dumps(described(value))})
            else:
                models.append({"name": name, **schemas(value, module.__name__.partition(".")[0])})
        except Exception as error:  # noqa: BLE001 - whatever a library raises for a model is told with its name
            failed[name] = said(error)
    below = {
        one["name"]: {*one.pop("contains"), *(base.__name__ for base in getattr(found[one["name"]], "__mro__", ())[1:])}
        for one in models
    }
    reach = {name: reached(name, below) for name in below}
    for one in models:
        one["part"] = is_part(one["name"], reach)
    return {"models": models, "documents": documents, "failed": failed}


def is_part(name: str, reach: dict[str, set[str]]) -> bool:
    """Whether a model is contained in another or inherited by one, and not the other way round as well.

    Of models that lead to one another none would be an event, and none of them would be looked at.
    """
    return any(name in inner and other not in reach[name] for other, inner in reach.items() if other != name)


def reached(name: str, below: dict[str, set[str]]) -> set[str]:
    """All that a model contains or inherits, directly or not."""
    found: set[str] = set()
    pending = [name]
    while pending:
        more = below.get(pending.pop(), set()) - found
        found |= more
        pending += more
    return found


def tried(value: object, payloads: list[str]) -> dict[str, object]:
    """What the library of a model says of each payload, a JSON text; ``None`` where it takes it."""
    library, read = reading(value)
    answers: list[str | None] = []
    for payload in payloads:
        try:
            read(payload)
        except Exception as error:  # noqa: BLE001 - whatever a library or the model's own code raises refuses it
            answers.append(refusal(error))
        else:
            answers.append(None)
    return {"library": library, "answers": answers}


def reading(value: object) -> tuple[str, Callable[[str], object]]:
    """The library that reads a payload for a model, with its version, and how it does."""
    if hasattr(value, "__struct_fields__"):
        msgspec = importlib.import_module("msgspec")
        return f"msgspec {msgspec.__version__}", msgspec.json.Decoder(value).decode
    pydantic = importlib.import_module("pydantic")
    return f"pydantic {pydantic.VERSION}", pydantic.TypeAdapter(value).validate_json


def refusal(error: Exception) -> str:
    """What an exception says of a payload, on one line: of pydantic's the first few places, each with its message."""
    errors = getattr(error, "errors", None)
    if callable(errors):
        told = [": ".join([*filter(None, [".".join(map(str, one["loc"]))]), one["msg"]]) for one in errors()[:3]]
        return "; ".join(told)[:500]
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:500]


def own_code(value: object, program: str) -> list[dict[str, object]]:
    """The functions of a model's own that decide, beside its schema, what it takes, each with a digest of its text."""
    if hasattr(value, "__struct_fields__"):
        found = [getattr(value, "__post_init__", None)]
    else:
        found = list(functions(importlib.import_module("pydantic").TypeAdapter(value).core_schema))
    own = {
        getattr(one, "__qualname__", type(one).__qualname__): one
        for one in found
        if one is not None and not str(getattr(one, "__module__", "")).startswith(("pydantic", "msgspec"))
    }
    return [{"name": name, **digest(one, program)} for name, one in own.items()]


#: Values that a function may use and that say all of themselves when they are written out.
CONSTANTS = (bool, bytes, complex, float, int, str, type(None), re.Pattern)


def digest(function: object, program: str) -> dict[str, object]:
    """A digest of a function with what it uses of a program, and whether that is all of it; libraries do not change."""
    texts: dict[str, str] = {}
    whole = True
    pending: list[Any] = [function]
    while pending:
        one = plain(pending.pop())
        name = f"{getattr(one, '__module__', '')}.{getattr(one, '__qualname__', '')}"
        if name in texts:
            continue
        texts[name] = source(one) if is_own(one, program) else ""
        whole = whole and (not is_own(one, program) or (inspect.isfunction(one) and bool(texts[name])))
        for word, value in used(one, program) if texts[name] else ():
            if inspect.isfunction(plain(value)) and is_own(plain(value), program):
                pending.append(value)
            elif isinstance(value, CONSTANTS):
                texts[f"{name} {word}"] = repr(value)
            elif is_own(value, program) or not (inspect.ismodule(value) or callable(value)):
                whole = False
            else:
                texts[f"{name} {word}"] = str(getattr(value, "__name__", word))
    written = json.dumps(sorted(texts.items())).encode()
    return {"digest": hashlib.sha256(written).hexdigest(), "whole": whole}


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a module holds
    """The function in a method, a property or a decorated function; anything else as it is."""
    value = getattr(value, "fget", None) or getattr(value, "__func__", value)
    return inspect.unwrap(value) if callable(value) else value


def is_own(value: object, program: str) -> bool:
    """Whether a value is of the program, and not of a library."""
    module = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    return str(module).partition(".")[0] == program


def source(function: Any) -> str:  # noqa: ANN401 - whatever is called
    """The text of a function; empty where there is none."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


def used(function: Any, program: str) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - whatever is called
    """What a function uses, by name: of its module, and of the classes there whatever has the name of an attribute."""
    names: dict[str, None] = {}
    pending = [getattr(function, "__code__", None)]
    while pending:
        one = pending.pop()
        if inspect.iscode(one):
            names.update(dict.fromkeys(one.co_names))
            pending += one.co_consts
    for cell in getattr(function, "__closure__", None) or ():
        yield "of a function around it", cell
    around = getattr(function, "__globals__", {})
    classes = [one for one in around.values() if isinstance(one, type) and is_own(one, program)]
    for name in names:
        if name in around:
            yield name, around[name]
        for one in classes:
            if name in vars(one):
                yield f"{one.__name__}.{name}", vars(one)[name]


def functions(part: object) -> Iterator[object]:
    """The functions that a core schema of pydantic calls while it validates."""
    pending = [part]
    seen = set()
    while pending:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, dict):
            kind = one.get("type")
            if kind in ("function-before", "function-after", "function-wrap", "function-plain"):
                yield one["function"]["function"]
            if kind in ("model", "dataclass") and one.get("post_init"):
                name = "__post_init__" if kind == "dataclass" else "model_post_init"
                yield getattr(one["cls"], name, None)
            pending += [inner for word, inner in one.items() if word not in ("metadata", "serialization", "cls")]
        elif isinstance(one, (list, tuple)):
            pending += one


def is_model(value: type) -> bool:
    """Whether a class of a module declares an event, or a part of one."""
    return (
        hasattr(value, "avro_schema")
        or hasattr(value, "model_json_schema")
        or hasattr(value, "__struct_fields__")
        or dataclasses.is_dataclass(value)
        or (issubclass(value, dict) and hasattr(value, "__required_keys__"))
    )


def is_application(value: object) -> bool:
    """Whether an object is an application or a broker of FastStream, which describes itself."""
    return any(one.__module__.partition(".")[0] == "faststream" for one in type(value).__mro__)


def described(value: Any) -> object:  # noqa: ANN401 - of a library that need not be there
    """The document of AsyncAPI in which an application or a broker of FastStream describes itself."""
    factory: Any = getattr(value, "schema", None)
    if hasattr(factory, "to_specification"):
        return factory.to_specification().to_jsonable()
    faststream = importlib.import_module("faststream")
    try:
        specification = importlib.import_module("faststream.specification")
    except ImportError:  # before 0.6
        generate = importlib.import_module("faststream.asyncapi.generate")
        return generate.get_app_schema(
            value if hasattr(value, "broker") else faststream.FastStream(value)
        ).to_jsonable()
    return specification.AsyncAPI(value).to_specification().to_jsonable()


def schemas(value: object, program: str) -> dict[str, object]:
    """What a model of a program reads and writes, each as a schema, and the fields by what they are called there."""
    if hasattr(value, "avro_schema"):
        schema = json.loads(value.avro_schema())
        fixed = {"names": {}, "contains": [], "dialect": False, "code": []}
        return {"format": "avro", "reads": schema, "writes": schema, **fixed}
    if hasattr(value, "__struct_fields__"):
        reads = importlib.import_module("msgspec").json.schema(value)
        writes = reads
    else:
        adapter = importlib.import_module("pydantic").TypeAdapter(value)
        reads, writes = adapter.json_schema(mode="validation"), adapter.json_schema(mode="serialization")
    contains = [*reads.get("$defs", {}), *writes.get("$defs", {})]
    return {
        "format": "json-schema",
        "reads": inlined(reads),
        "writes": inlined(writes),
        "names": aliases(value),
        "contains": contains,
        "dialect": True,
        "code": own_code(value, program),
    }


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with what its top refers to written out there, so that places begin at the model itself."""
    reference = schema.get("$ref", "")
    definitions = schema.get("$defs", {})
    target = definitions.get(reference.rpartition("/")[2]) if set(schema) <= {"$ref", "$defs"} else None
    return {**target, "$defs": definitions} if isinstance(target, dict) else schema


def aliases(value: object) -> dict[str, str]:
    """The field by each of the names that it has in a payload, where they differ."""
    found = {}
    for name, field in (getattr(value, "model_fields", None) or {}).items():
        for alias in (field.alias, field.serialization_alias, field.validation_alias):
            if isinstance(alias, str):
                found[alias] = name
    return found


if __name__ == "__main__":
    main(sys.argv[1])
