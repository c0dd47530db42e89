"""What subjects are called: whole, or by as much of it as is unique."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping


def forms(identity: str) -> Iterator[str]:
    """Everything that a subject may be called, the longest first: ``com.shop/order``, then ``order``."""
    yield identity
    while "/" in identity:
        identity = identity.partition("/")[2]
        yield identity


def meant(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of the known names that may mean the subject of a name: itself, else longer and shorter forms of it.

    What is unique in one repository, or on one day, has a longer form in another: ``order`` and ``com.shop/order``.

    >>> meant("order", ["com.shop/order", "reorder"])
    ('com.shop/order',)
    """
    names = tuple(known)
    if name in names:
        return (name,)
    return tuple(one for one in names if one.endswith(f"/{name}") or name.endswith(f"/{one}"))


def order(name: str) -> tuple[str, str]:
    """Sorts subjects by their own name, those of one name by their folders."""
    return name.rpartition("/")[2], name


def shortest(identities: Iterable[str]) -> Mapping[str, str]:
    """The shortest form of each that no other has; the whole where there is none.

    >>> shortest(["com.shop/order", "com.shop/click", "org.ads/click"])["org.ads/click"]
    'org.ads/click'
    """
    known = set(identities)
    counted = Counter(form for one in known for form in forms(one))
    return {one: next((form for form in reversed(list(forms(one))) if counted[form] == 1), one) for one in known}
