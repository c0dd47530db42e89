"""Links that are versions of subjects, as their names tell, and lead to no file of the tree.

Whoever passed them by would compare the next version with an older one than consumers have, or take an older one for
the newest, and nobody would know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from evtcompat.errors import DocumentError
from evtcompat.formats.loading import by_file_name
from evtcompat.model.places import Place
from evtcompat.sources.names.naming import container_of, is_version_folder, name_of
from evtcompat.sources.names.suffixes import may_be_schema
from evtcompat.sources.tree import Tree, folder_of

NOWHERE = "is a link that leads nowhere"
OUTSIDE = "is a link that leads out of this repository"


def lost_versions(links: Iterable[str], schemas: Collection[str]) -> Iterator[str]:
    """Those of the links that are versions of the subjects of schemas, as their names tell.

    What only may hold a schema, as its suffix tells, counts where no schema is the version that it would be. A link
    that is called as a folder of versions counts beside such a folder that holds a schema.

    Args:
        links: Paths of links that lead to no file of the tree.
        schemas: Paths of the schemas that there are.
    """
    found = [name_of(container_of(path) or path) for path in schemas] if links else []
    known = {one.key for one in found}
    versions = {one[1:] for one in found}
    for link in links:
        named = name_of(link)
        is_version = by_file_name(link) is not None or (may_be_schema(link) and named[1:] not in versions)
        if (named.key in known and is_version) or folder_lost(link, schemas):
            yield link


def folder_lost(link: str, schemas: Iterable[str]) -> bool:
    """Whether a link is called as a folder of versions, beside such a folder that holds one of the schemas."""
    if not is_version_folder(link.rpartition("/")[2]):
        return False
    return any(folder == folder_of(link) for path in schemas for folder, _ in version_folders(path))


def version_folders(path: str) -> Iterator[tuple[str, str]]:
    """The folders that hold a folder of versions on the way to a path, each with the way from there to the file."""
    folder = folder_of(path)
    while folder:
        above, _, name = folder.rpartition("/")
        if is_version_folder(name):
            yield above, path[len(folder) + 1 :]
        folder = above


def lost(tree: Tree, path: str, what: str) -> DocumentError:
    """The error of such a link.

    Args:
        tree: Where it lies.
        path: Of the link.
        what: `NOWHERE` or `OUTSIDE`.
    """
    hint = "Mend the link" if what == NOWHERE else "Put the file itself there"
    message = f"{what}, and so no version of its subject here"
    return DocumentError(
        message, place=Place(origin=tree.origin(path)), hint=f"{hint}, or leave it out with `exclude`."
    )
