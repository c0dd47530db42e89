"""Which schemas in the versions of a document are versions of one event."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.sources.names.same_events import Event, counterparts, subjects_of

#: Documents, the oldest first, as ``sign=name`` of what is in each; and the subjects in the same order.
CASES = {
    "a longer name": (["o=M"], ["p=p.M", "o=o.M"], ["o.M"], ["p.M", "o.M"]),
    "a shorter name": (["p=p.M", "o=o.M"], ["o=M"], ["p.M", "M"], ["M"]),
    "another sign": (["o=M"], ["p=M"], ["M"], ["M"]),
    "another sign under a name that another event has now": (["o=M"], ["c=M", "o=o.M"], ["o.M"], ["M", "o.M"]),
    "two that had one name, one after the other": (["c=M", "o=o.M"], ["o=M"], ["M.2", "M"], ["M"]),
    "no sign": (["=M", "=N"], ["=N", "=M"], ["M", "N"], ["N", "M"]),
    "one sign twice": (["o=M"], ["o=M", "o=M.2"], ["M"], ["M", "M.2"]),
}


def document(number: int, written: list[str]) -> list[Event]:
    parts = [one.partition("=") for one in written]
    return [Event(f"v{number}#{name}", name, sign) for sign, _, name in parts]


@pytest.mark.parametrize("case", CASES)
def test_the_sign_tells_before_the_name(case: str) -> None:
    first, second, *expected = CASES[case]
    found = subjects_of([document(1, first), document(2, second)])
    assert [list(one.values()) for one in found] == expected


def test_a_name_leads_to_what_had_it_last() -> None:
    documents = [["a=M"], ["a=a.M", "b=b.M"], ["b=M"], ["c=M"]]
    found = subjects_of([document(number, written) for number, written in enumerate(documents)])
    assert [list(one.values()) for one in found] == [["a.M"], ["a.M", "M"], ["M"], ["M"]]


unique = (lambda one: one[0], lambda one: one[1])
events = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("MNO")),
    max_size=3,
    unique_by=(lambda one: one[0], lambda one: one[1]),
)


@given(st.lists(events, max_size=4))
def test_a_subject_has_one_event_of_a_document_and_all_of_its_sign(written: list[list[tuple[str, str]]]) -> None:
    """Whatever documents hold: no two events of one are one subject, and one sign is one subject everywhere."""
    documents = [[Event(f"{number}#{name}", name, sign) for sign, name in one] for number, one in enumerate(written)]
    found = subjects_of(documents)
    assert all(len(set(one.values())) == len(one) for one in found)
    by_sign: dict[str, set[str]] = {}
    for events_of_one, subjects in zip(documents, found, strict=True):
        for event in events_of_one:
            by_sign.setdefault(event.sign, set()).add(subjects[event.path])
    assert all(len(subjects) == 1 for subjects in by_sign.values())


def test_what_is_not_there_has_no_counterpart() -> None:
    old, new = document(1, ["o=M"]), document(2, ["p=M", "o=o.M"])
    assert counterparts(new, old) == {"v2#M": "", "v2#o.M": "v1#M"}
