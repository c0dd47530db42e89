"""Subject and version from a path, and the paths of a tree as ordered histories. Pure: touches no file.

What is understood, the first that fits (`order-placed` is the subject everywhere):

==============================  =======  ==================================================================
path                            version  remark
==============================  =======  ==================================================================
``order-placed-v2.avsc``        2        also ``_v2``, ``.v2``, ``-V2``, ``-v1.2.0``, ``-v1-0-0``, ``-v2-rc.1``
``OrderPlacedV2.avsc``          2        a capital ``V`` after a small letter or a digit
``order-placed-1.2.0.json``     1.2.0    without ``v``: with a dot (``-1.2``), three numbers, or after a dot (``.2``)
``order+placed+v2_schema.avsc`` 2        ``_schema`` may follow the version
``order.v1_2.placed.avsc``      1_2      between dots; ``order-1.2-placed`` too, but not ``orders-v1-value``
``order-v1.2.0-strict.json``    1.2.0    of ``order-strict``: a word that says of no pre-release is one of the name
``order-v1.2.0-20260505.json``  (same)   what 1.2.0 is since that day, so that it comes after ``order-v1.2.0``
``order-placed/2.avsc``         2        a name that is only a version belongs to its folder; ``v2.avsc`` too
``order-placed/1-0-0``          1-0-0    SchemaVer, with or without suffix; a folder ``jsonschema`` is passed over
``study-v1/study-v1.4.json``    4        of ``study-v1``: what a name has of its folder's name is the subject's
``v2/order-placed.avsc``        2        also ``order-placed/v2/schema.avsc`` and ``v2/shop/order-placed.avsc``
``1.2.0/order-placed.json``     1.2.0    a version folder without ``v`` counts right above the file; ``version=2`` too
``2026-04/order-placed.json``   2026-04  a month or a day, as a folder: also ``2026-04-draft/data/order-placed.json``
``10/0/order-placed.avsc``      10.0     two folders that are numbers; ``versions`` and ``versioned`` are passed over
``order-placed-latest.avsc``    latest   also ``order-placed/latest.avsc`` and ``latest/order-placed.avsc``
``order-placed.avsc``           none     ``order-placed-2.avsc`` too: such a number is part of the name (``sha-256``)
``shop-v2.yaml#OrderPlaced``    2        a schema in a container: its own name is the subject, the version is the file's
==============================  =======  ==================================================================

Versions are ordered by number (``v10`` after ``v9``), pre-releases before their release as Semantic Versioning 2.0.0
section 11 says, of which names have those that begin with a number or with one of the words of `_WORD`; ``1.0`` and
``1.0.0`` are the same version. Two paths are versions of one subject when folder and name are the same once the version
is taken away.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

#: Order of a version: its numbers without trailing zeros, then 1 for a release or 0 and the pre-release identifiers.
Order = tuple[tuple[int, ...], tuple[tuple[int, int, str], ...]]

_WORD = r"(?:alpha|beta|rc|pre|preview|prerelease|snapshot|nightly|canary|milestone|dev|draft|m)"
#: A day after a version, whose file was mended then.
_REVISED = r"-(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?!\d)"
_LOOSE = rf"[-._]?{_WORD}(?:[-.]?\d+)?"
#: ASCII, as it stands: ranges of letters in either case take six times as long to compile, in every run.
_IDENTIFIER = r"(?-i:[0-9A-Za-z-]+)"
#: A pre-release of Semantic Versioning that a name may have: another word is one of the subject's.
_PRECISE = (
    rf"-(?:{_WORD}(?!(?-i:[A-Za-z]))(?-i:[0-9A-Za-z-]*)(?:\.{_IDENTIFIER})*"
    r"|\d+(?:\.\d+)*(?![-.]?(?-i:[0-9A-Za-z])))"
)
_BUILD = r"(?:\+(?-i:[0-9A-Za-z.-]+))?"
#: Three numbers or more with one separator; a pre-release may follow dots.
_TRIPLE = rf"\d+\.\d+\.\d+(?:\.\d+)*(?:{_REVISED}|{_PRECISE}|{_LOOSE})?{_BUILD}|\d+-\d+-\d+|\d+_\d+_\d+"
_ANY = rf"(?:{_TRIPLE}|\d{{1,3}}_\d{{1,3}}|\d+(?:\.\d+)?(?:{_REVISED}|{_LOOSE})?{_BUILD})"
#: A month or a day.
_DATE = rf"(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?(?:{_LOOSE})?"

_ALONE = re.compile(rf"(?:v|v(?:er(?:sion)?)?[=_-])?(?P<version>{_ANY})", re.IGNORECASE)
_DATED = re.compile(rf"(?P<version>{_DATE})", re.IGNORECASE)
#: What states a version, and is no name: any pre-release of Semantic Versioning. Compiled when first asked for.
_STATED = rf"v?\d+\.\d+\.\d+-{_IDENTIFIER}(?:\.{_IDENTIFIER})*{_BUILD}"
_REVISION = re.compile(_REVISED)
#: Two numbers or more with a dot between them.
_DECIMAL = rf"\d+\.\d+(?:\.\d+)*(?:{_REVISED}|{_LOOSE})?"
_AT_END = re.compile(
    rf"(?P<name>.*?[^-_.+])(?:[-_.+]+v(?P<marked>{_ANY}|\d{{1,3}}-\d{{1,3}})|[-_.+](?P<triple>{_TRIPLE})|[-_+](?P<decimal>{_DECIMAL})"
    r"|(?<!\d)\.(?P<dotted>\d+(?:\.\d+)*)|(?-i:(?<=[a-z0-9])V(?P<camel>\d+)))(?:[-_]schema)?",
    re.IGNORECASE | re.DOTALL,
)
#: A version in the middle of a name: ``elasticc.v0_9_1.alert``, ``bom-1.3-strict``, ``odcs-v3.0.2-strict``.
_INSIDE = re.compile(
    rf"(?P<name>.*[^-_.+])(?:\.v(?P<marked>\d+(?:_\d+)*)(?=\.)|[-_+]v?(?P<decimal>{_DECIMAL})(?=[-_+]))(?P<rest>.+)",
    re.IGNORECASE | re.DOTALL,
)
#: A version and a word after it, in the folder of its subject: ``3.0.2-strict.json``.
_VARIED = re.compile(rf"v?(?P<version>{_TRIPLE})[-_+](?P<name>(?-i:[A-Za-z]).*)", re.IGNORECASE | re.DOTALL)
_LATEST_AT_END = re.compile(r"(?P<name>.*[^-_.])[-_.]+latest", re.IGNORECASE | re.DOTALL)
_LATEST = "latest"
#: The subject of a file in the root whose name is only a version.
_ROOT_NAME = "schema"
#: What files are called beside a subject's versions that are one of them in the making, in its author's own form.
WORKING_COPY = "current"
#: A folder that holds nothing but versions of what lies beside it.
VERSIONS = frozenset({"versions", "versioned"})
#: Numbers that make up one version as a folder in a folder; a longer one is a year or an id.
_PART = re.compile(r"\d{1,3}")
#: A suffix has a letter and no digit, so that the ``.0`` of ``1.2.0`` and ``.v2`` are none.
_SUFFIX = re.compile(r"(?P<stem>.+)\.(?!latest$)(?-i:[A-Za-z]{1,12})", re.IGNORECASE | re.DOTALL)
_SECOND_SUFFIX = re.compile(r"(?P<stem>.+)\.(?:schema|jsonschema|avsc|avro|json)", re.IGNORECASE | re.DOTALL)
#: Names that say what kind of schema it is and not which subject: the folder around says that.
_KINDS = frozenset({"schema", "jsonschema", "json-schema", "avro"})
#: Folders of a module that are called so in every module.
_SOURCES = frozenset({("src", "main"), ("src", "test")})
#: The same of files; a folder ``index`` is a subject like any other.
_GENERIC = _KINDS | {"index"}
_NUMBERS = re.compile(r"\d+")
_LAST_SUFFIX = re.compile(r"\.[A-Za-z]+\Z")
#: The path of a schema in a container: the container's, which has a suffix, and the name.
_MEMBER = re.compile(r"(?P<container>.+\.[A-Za-z][A-Za-z0-9]{0,11})#(?P<name>[^/#]+)", re.DOTALL)


class Named(NamedTuple):
    """What a path says about the schema in it."""

    path: str
    #: The folder that the subject belongs to, without any version part; ``""`` is the root.
    folder: str
    subject: str
    #: ``"2"``, ``"1.2.0"``, ``"1-0-0"``, ``"latest"``; ``None`` when nothing names a version.
    label: str | None = None
    #: Where the version stands among the others; ``None`` for no version and for ``latest``.
    order: Order | None = None

    @property
    def is_latest(self) -> bool:
        """Whether the path calls itself the latest version, whichever that is."""
        return self.label == _LATEST and self.order is None

    @property
    def identity(self) -> str:
        """What tells the subject from every other one in its tree: its folder and its name."""
        return f"{self.folder}/{self.subject}" if self.folder else self.subject

    @property
    def key(self) -> tuple[str, str]:
        """Equal for the versions of one subject."""
        return (self.folder, self.subject)


def member_path(container: str, name: str) -> str:
    """The path of a schema in a container."""
    return f"{container}#{quote(name, safe=_KEPT)}"


#: What stands in the names of events and has no meaning in a path.
_KEPT = " !$&'()*+,;=@:{}[]<>|^`"


def container_of(path: str) -> str | None:
    """The path of the container, where a path is that of a schema in one."""
    found = _MEMBER.fullmatch(path)
    return None if found is None else found["container"]


def member_of(path: str) -> str:
    """The name that a schema has in its container."""
    return unquote(path.rpartition("#")[2])


def members_folder(container: str) -> str:
    """The folder that the subjects in a container belong to: the same for its versions."""
    around = name_of(container)
    file = around.subject + (_LAST_SUFFIX.search(container) or [""])[0]
    return f"{around.folder}/{file}" if around.folder else file


def order_of(label: str) -> Order | None:
    """Where a version label stands among others, or ``None`` when it is no version.

    >>> order_of("v10") > order_of("9"), order_of("2.0.0-rc.1") < order_of("2.0.0")
    (True, True)
    """
    match = _folder_version(label)
    if match is None:
        return _order(label.lower().removeprefix("v")) if re.fullmatch(_STATED, label, re.IGNORECASE) else None
    return _order(match["version"])


def _folder_version(name: str) -> re.Match[str] | None:
    """What the name of a folder that is a version says; of a file, a month would be part of the name."""
    return _ALONE.fullmatch(name) or _DATED.fullmatch(name)


def _order(version: str) -> Order:
    core, _, _ = version.partition("+")
    numbers = re.match(r"\d+(?:\.\d+)*|\d+(?:-\d+)*|\d+(?:_\d+)*", core) if "." in core else None
    separator = re.match(r"\d+(?:-\d+)+(?![0-9A-Za-z])|\d+(?:_\d+)+|\d+", core)
    head = (numbers or separator or re.match(r"\d+", core)).group()  # type: ignore[union-attr]  # every version begins with a digit
    rest = core[len(head) :].strip("-._")
    parts = [int(number) for number in _NUMBERS.findall(head)]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    if not rest:
        return tuple(parts), ((1, 0, ""),)
    if _REVISION.fullmatch(f"-{rest}"):
        return tuple(parts), ((1, 0, ""), (0, int(rest.replace("-", "")), ""))
    found = (piece for part in re.split(r"[.\-]", rest) for piece in _split_word(part))
    return tuple(parts), ((0, 0, ""), *found)


def _split_word(part: str) -> list[tuple[int, int, str]]:
    """Pre-release identifiers: numbers by value and below words; ``rc1`` counts like ``rc.1``, so that rc10 is last."""
    return [(0, int(piece), "") if piece.isdigit() else (1, 0, piece) for piece in re.findall(r"\d+|\D+", part.lower())]


@lru_cache(maxsize=65_536)  # a run asks about each of its paths some twenty times
def name_of(path: str) -> Named:
    """Subject and version of a path.

    Args:
        path: Relative to the root of a tree, with ``/``.
    """
    container = container_of(path)
    if container is not None:
        around = name_of(container)
        return Named(path, members_folder(container), member_of(path).replace("/", "."), around.label, around.order)
    *folders, file_name = path.split("/")
    stem = _stem(file_name)
    if stem.lower() == _LATEST or _ALONE.fullmatch(stem):
        folder, subject = _from_folder(_without_versions(folders))
        return _named(path, folder, subject, stem)
    name, version = _split_after(folders[-1] if folders else "", stem) or _split(stem)
    if version is not None:
        left = folders if version == _LATEST else _without_same(folders, version)
        return _named(path, *_generic(_without_versions(left), name), version)
    first, last = _version_folders(folders)
    if first == last:
        return Named(path, *_generic(folders, stem))
    folder, subject = _generic(_without_versions(folders[:first]) + folders[last:], stem)
    return _named(path, folder, subject, ".".join(folders[first:last]))


def working_copy(path: str) -> Named:
    """The same for a file called ``current`` beside files that are called by their version: it is one of them."""
    return name_of(path.removesuffix(file := path.rpartition("/")[2]) + _LATEST + file[len(WORKING_COPY) :])._replace(
        path=path
    )


def is_working_copy(path: str) -> bool:
    """Whether a file is called ``current``, whatever its suffix."""
    return _stem(path.rpartition("/")[2]) == WORKING_COPY


def is_only_version(path: str) -> bool:
    """Whether the name of a file is nothing but a version: its folder is the subject."""
    return _ALONE.fullmatch(_stem(path.rpartition("/")[2])) is not None


def _split(stem: str) -> tuple[str, str | None]:
    """The name in a stem and the version beside it or in it; ``None`` where there is none."""
    marked = _AT_END.fullmatch(stem)
    if marked:
        found = (marked[word] for word in ("marked", "triple", "decimal", "dotted", "camel"))
        return marked["name"], next(version for version in found if version)
    latest = _LATEST_AT_END.fullmatch(stem)
    if latest:
        return latest["name"], _LATEST
    inside = _INSIDE.fullmatch(stem)
    if inside:
        return inside["name"] + inside["rest"], inside["marked"] or inside["decimal"]
    varied = _VARIED.fullmatch(stem)
    if varied:
        return varied["name"], varied["version"]
    return stem, None


def _split_after(folder: str, stem: str) -> tuple[str, str] | None:
    """The name of a folder and the version after it, where a stem is nothing else; ``None`` otherwise.

    So a subject whose own name ends with a number (``study-v1``) does not lose it to its version.
    """
    if not folder or not stem.startswith(folder):
        return None
    name, version = _split(_PLACEHOLDER + stem[len(folder) :])
    return None if version is None or name != _PLACEHOLDER else (folder, version)


#: Any name without a number.
_PLACEHOLDER = "x"


def _without_same(folders: list[str], version: str) -> list[str]:
    """The folders without those right above the file that say the version of the file's name again."""
    first, last = _version_folders(folders)
    again = last == len(folders) and first < last and order_of(".".join(folders[first:last])) == order_of(version)
    return folders[:first] if again else folders


def _without_versions(folders: list[str]) -> list[str]:
    return folders[:-1] if folders and folders[-1].lower() in VERSIONS else folders


def _stem(file_name: str) -> str:
    """The file name without the suffixes that say what kind it is."""
    first = _SUFFIX.fullmatch(file_name)
    if first is None:
        return file_name
    second = _SECOND_SUFFIX.fullmatch(first["stem"])
    return second["stem"] if second else first["stem"]


def _named(path: str, folder: str, subject: str, version: str) -> Named:
    if version.lower() == _LATEST:
        return Named(path, folder, subject, _LATEST)
    alone = _folder_version(version)
    label = alone["version"] if alone else version
    return Named(path, folder, subject, label, _order(label))


def _from_folder(folders: list[str]) -> tuple[str, str]:
    """Folder and subject of a file whose name says neither: its folder's name is the subject."""
    rest = list(folders)
    while rest and rest[-1].lower() in _KINDS:
        rest.pop()
    rest = rest or folders
    module = _module(rest)
    if len(module) < len(rest):
        return "/".join(folders), module[-1] if module else _ROOT_NAME
    return ("/".join(rest[:-1]), rest[-1]) if rest else ("", _ROOT_NAME)


def _module(folders: list[str]) -> list[str]:
    """The folders without those at the end in which the tools of Java keep the sources of every module."""
    end = len(folders) - (folders[-1:] == ["resources"])
    return folders[: end - 2] if tuple(folders[max(end - 2, 0) : end]) in _SOURCES else folders[:end]


def _generic(folders: list[str], name: str) -> tuple[str, str]:
    """Folder and subject of a named file; a name that only says the kind of file gives way to the folder's."""
    if name.lower() in _GENERIC and folders:
        return _from_folder(folders)
    return "/".join(folders), name


def is_version_folder(name: str) -> bool:
    """Whether a folder of this name may hold one version of several subjects."""
    return name.lower() == _LATEST or _folder_version(name) is not None


def is_part(name: str) -> bool:
    """Whether a folder of this name may be half of a version (``10/0``)."""
    return _PART.fullmatch(name) is not None


def _version_folders(folders: list[str]) -> tuple[int, int]:
    """Where the nearest version among the folders begins and ends; a number without ``v`` only right above the file."""
    last = len(folders) - 1
    if last > 0 and _PART.fullmatch(folders[last]) and _PART.fullmatch(folders[last - 1]):
        return last - 1, last + 1
    for index in range(last, -1, -1):
        name = folders[index].lower()
        certain = index == last or name.startswith("v") or _DATED.fullmatch(name)
        if name == _LATEST or (certain and _folder_version(name)):
            return index, index + 1
    return 0, 0
