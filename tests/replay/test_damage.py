"""What cannot be read is counted with its place, and the rest goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from evtcompat.replay.sources.finding import Hints, find
from evtcompat.replay.world import world_of
from replay import orders, replaying

MADE = orders.orders(1000, "1")


def _boundaries(data: bytes) -> list[int]:
    """Where blocks begin: behind each of a file's markers."""
    marker = data[-16:]
    found, at = [], data.find(marker)
    while at >= 0:
        found.append(at + 16)
        at = data.find(marker, at + 16)
    return found[:-1]


@pytest.mark.parametrize("size", [500, 1 << 20], ids=["small splits", "one split"])
def test_a_damaged_block_is_lost_and_the_others_count(tmp_path: Path, size: int) -> None:
    data = bytearray(orders.container(MADE))
    starts = _boundaries(bytes(data))
    broken = starts[3]
    data[starts[4] - 16 : starts[4]] = bytes(16)  # the marker behind the block
    file = tmp_path / "orders.avro"
    file.write_bytes(data)
    job = replaying.job("kind")
    summary = replaying.replayed(job, replaying.small_splits(replaying.splits(job, file), size))
    whole = replaying.replayed(job, replaying.splits(job, _written(tmp_path / "good.avro", orders.container(MADE))))
    # the block behind the lost marker goes with it: where it begins is told by nothing else
    assert 0 < whole.events - summary.events < 200
    assert [(one.position.at, one.reason) for one in summary.damaged] == [
        (broken, "the block does not end with the marker")
    ]


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_file_that_ends_inside_a_block_counts_as_far_as_it_goes(tmp_path: Path) -> None:
    data = orders.container(MADE)
    starts = _boundaries(data)
    for cut in (starts[-1] + 1, starts[-1] + 40, len(data) - 16, len(data) - 1):
        file = _written(tmp_path / "orders.avro", data[:cut])
        job = replaying.job("kind")
        summary = replaying.replayed(job, replaying.splits(job, file))
        assert len(MADE) - 100 < summary.events < len(MADE)
        assert [one.position.at for one in summary.damaged] == [starts[-1]]
        assert "still being written" in summary.damaged[0].reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Obj\x02" + orders.container(MADE)[4:], "a wrong magic number: 4f 62 6a 02, not 4f 62 6a 01"),
        (orders.container(MADE)[:60], "the file ends inside its head"),
        (b"", "a wrong magic number: nothing, not 4f 62 6a 01"),
    ],
    ids=["wrong magic", "truncated head", "empty"],
)
def test_a_file_that_calls_itself_one_and_is_none_is_damaged(tmp_path: Path, data: bytes, reason: str) -> None:
    file = _written(tmp_path / "orders.avro", data)
    found = find([str(file)], world_of(replaying.job("kind")).recorded, Hints())
    assert [(one.position.source, one.reason) for one in found.damaged] == [(str(file), reason)]
    assert found.splits == []


def test_a_codec_that_is_not_installed_is_told_and_proved_events_count_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _written(tmp_path / "orders.avro", orders.container(MADE, "lz4"))
    monkeypatch.setitem(sys.modules, "lz4", None)
    monkeypatch.setitem(sys.modules, "lz4.block", None)
    job = replaying.job("strict")
    summary = replaying.replayed(job, replaying.splits(job, file))
    assert summary.events == 0
    assert set(summary.damages) == {"the codec lz4 needs lz4.block: pip install 'evtcompat[replay-codecs]'"}


def test_data_of_a_codec_that_are_damaged_are_told(tmp_path: Path) -> None:
    data = bytearray(orders.container(MADE, "deflate"))
    start = _boundaries(bytes(data))[2]
    data[start + 20 : start + 24] = b"\xff\xff\xff\xff"
    file = _written(tmp_path / "orders.avro", bytes(data))
    job = replaying.job("strict")
    summary = replaying.replayed(job, replaying.splits(job, file))
    assert [one.position.at for one in summary.damaged] == [start]
    assert "deflate" in summary.damaged[0].reason or "too early" in summary.damaged[0].reason
    assert summary.events + (summary.damaged[0].events or 0) == len(MADE)


def test_messages_of_another_framing_and_of_unknown_writers_are_told(tmp_path: Path) -> None:
    messages = [orders.confluent(order) for order in MADE]
    messages[10] = b"\x01" + messages[10][1:]
    messages[20] = messages[20][:3]
    messages[30] = b"\0\0\0\0\x63" + messages[30][5:]
    messages[40] += b"?"
    messages[50] = messages[50][:-1]
    file = _written(tmp_path / "orders.bin", orders.prefixed(messages))
    at = [len(orders.prefixed(messages[:number])) for number in (10, 20, 40, 50)]
    job = replaying.job("strict")
    summary = replaying.replayed(job, replaying.splits(job, file))
    assert {one.position.at: one.reason for one in summary.damaged} == {
        at[0]: "a wrong magic byte: 01, where confluent has 00",
        at[1]: "shorter than the header of confluent",
        at[2]: "1 byte is left over after the last event",
        at[3]: "the data end too early",
    }
    assert {key: hits.count for key, hits in summary.unknown.items()} == {"confluent:99": 1}
    assert summary.corrupt == 5
    assert summary.events == len(MADE) - 5


def test_a_length_that_leads_out_of_the_file_ends_it(tmp_path: Path) -> None:
    data = orders.prefixed(map(orders.confluent, MADE))
    job = replaying.job("kind")
    for cut in (len(data) - 1, len(data) - 40):
        file = _written(tmp_path / "orders.bin", data[:cut])
        summary = replaying.replayed(job, replaying.splits(job, file))
        assert summary.events == len(MADE) - 1 if cut == len(data) - 1 else summary.events < len(MADE)
        assert ["still being written" in one.reason for one in summary.damaged] == [True]
    huge = _written(tmp_path / "orders.bin", orders.prefixed(map(orders.confluent, MADE[:10])) + b"\xff" * 9)
    summary = replaying.replayed(job, replaying.splits(job, huge))
    assert summary.events == 10
    assert [one.reason for one in summary.damaged] == ["a length of more than 64 MiB: the rest cannot be read"]


def test_a_line_that_is_not_base64_is_told_with_its_byte(tmp_path: Path) -> None:
    lines = orders.base64_lines(map(orders.confluent, MADE)).split(b"\n")
    lines[5] = b"*" + lines[5]
    file = _written(tmp_path / "orders.b64", b"\n".join(lines))
    job = replaying.job("kind")
    summary = replaying.replayed(job, replaying.splits(job, file))
    assert summary.events == len(MADE) - 1
    assert [one.position.at for one in summary.damaged] == [sum(len(line) + 1 for line in lines[:5])]


def test_lines_of_base64_may_be_marked_and_end_as_on_windows(tmp_path: Path) -> None:
    text = orders.base64_lines(map(orders.confluent, MADE)).replace(b"\n", b"\r\n")
    file = _written(tmp_path / "orders.b64", b"\xef\xbb\xbf" + text + b"\r\n")
    job = replaying.job("kind")
    summary = replaying.replayed(job, replaying.splits(job, file))
    assert (summary.events, summary.corrupt) == (len(MADE), 0)


def test_events_of_something_else_are_set_aside_by_name(tmp_path: Path) -> None:
    import fastavro

    schema = {"type": "record", "name": "Customer", "namespace": "shop", "fields": [{"name": "id", "type": "string"}]}
    with (tmp_path / "customers.avro").open("wb") as out:
        fastavro.writer(out, schema, [{"id": "c"}] * 3)
    _written(tmp_path / "orders.avro", orders.container(MADE))
    job = replaying.job("kind")
    summary = replaying.replayed(job, replaying.splits(job, tmp_path))
    assert summary.events == len(MADE)
    assert dict(summary.aside) == {"shop.Customer": 3}


def test_a_folder_sorts_itself_out(tmp_path: Path) -> None:
    _written(tmp_path / "a.avro", orders.container(MADE))
    _written(tmp_path / "b.bin", orders.prefixed(map(orders.confluent, MADE)))
    (tmp_path / "c").mkdir()
    _written(tmp_path / "c" / "d.txt", orders.base64_lines(map(orders.glue, MADE)))
    _written(tmp_path / "notes.txt", b"not an event at all\n")
    _written(tmp_path / "empty", b"")
    _written(tmp_path / ".hidden.avro", b"no")
    found = find([str(tmp_path)], world_of(replaying.job("kind")).recorded, Hints())
    assert [Path(split.source).name for split in found.splits] == ["a.avro", "b.bin", "d.txt"]
    assert {Path(path).name: reason for path, reason in found.aside} == {
        "notes.txt": "nothing in it looks like recorded events",
        "empty": "empty",
    }


def test_one_file_named_twice_counts_once(tmp_path: Path) -> None:
    file = _written(tmp_path / "a.avro", orders.container(MADE))
    (tmp_path / "link.avro").symlink_to(file)
    found = find(
        [str(file), str(tmp_path), str(tmp_path / "*.avro")], world_of(replaying.job("kind")).recorded, Hints()
    )
    assert len(found.splits) == 1
    assert {reason for _, reason in found.aside} == {f"the same file as {file}, which is counted once"}


@pytest.mark.parametrize("kind", ["prefixed", "base64_lines"])
@pytest.mark.parametrize("field", ["placed", "nowhere"])
@pytest.mark.parametrize("period", [{}, {"since": 0}, {"until": 1 << 45}], ids=["always", "since", "until"])
def test_a_message_that_cannot_be_read_is_lost_whatever_time_is_asked_for(
    tmp_path: Path, kind: str, field: str, period: dict[str, int]
) -> None:
    """It is counted once, and not among the messages that have no time: nobody knows which they have."""
    messages = [orders.confluent(one) for one in MADE[:20]]
    messages[7], messages[12] = messages[7][:9], messages[12][:6]
    file = _written(tmp_path / "orders.bin", getattr(orders, kind)(messages))
    whole, job = replaying.job("kind", decode=True), replaying.job("kind", time_path=(field,), **period)
    every, found = (replaying.replayed(one, replaying.splits(one, file)) for one in (whole, job))
    untimed = 0 if field == "placed" else 18
    assert [one.position for one in found.damaged] == [one.position for one in every.damaged]
    assert (found.corrupt, found.untimed, found.events) == (2, untimed, 0 if untimed and period else 18)
