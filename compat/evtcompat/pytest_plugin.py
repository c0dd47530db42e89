"""The pytest plugin: payloads of every version of a subject as parameters of a test.

    @pytest.mark.evtcompat("order-placed", reader="latest")
    def test_shipping_reads_every_order(payload):
        assert shipping.handle(payload.bytes("confluent")).order_id == payload.expected["orderId"]

A marked test gets, by the name of its argument:

- `payload`: an `evtcompat.payloads.folder.Case`, once for each payload and reader;
- `sequence`: an `evtcompat.payloads.folder.Ordered`, once for each order of deliveries;
- `poison`: an `evtcompat.payloads.folder.Pill`, once for each message that no consumer can read.

A test of a producer holds what it sends against every contract of its consumers, with the fixture
`evtcompat_contracts`:

    def test_no_consumer_breaks(evtcompat_contracts):
        evtcompat_contracts.verify("order-placed", produced=shop.sample_orders)

The payloads come from the folder ``evtcompat_fixtures`` of pytest's configuration (``tests/fixtures`` when it says
nothing), in which `evtcompat fixtures generate SUBJECT -o tests/fixtures/SUBJECT` wrote them. ``--evtcompat-update``
writes them again from today's schemas. Nothing is imported or read until a test is marked, or asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from evtcompat.contracts.producing import Produced
    from evtcompat.payloads.folder import Case, Folder

MARK = "evtcompat"
_UPDATE = "--evtcompat-update"
_OPTION = "evtcompat_update"
_ROOT = "evtcompat_fixtures"
_KNOWN = ("reader", "writer", "outcome", "witnesses")


def payloads(
    subject: str,
    *,
    reader: str | None = None,
    writer: str | None = None,
    outcome: str | Iterable[str] | None = None,
    witnesses: bool = True,
) -> pytest.MarkDecorator:
    """The decorator that gives a test the payloads of a subject, one a call, as its argument `payload`.

    Args:
        subject: The name of the subject, and of the folder below ``evtcompat_fixtures``.
        reader: Only what this version must see; ``latest`` for the newest.
        writer: Only payloads of this version.
        outcome: Only these outcomes, of ``ok``, ``defaulted``, ``lossy``, ``misread``, ``refused``.
        witnesses: Whether payloads that prove a finding are among them.
    """
    return pytest.mark.evtcompat(subject, reader=reader, writer=writer, outcome=outcome, witnesses=witnesses)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the option and the folder."""
    group = parser.getgroup("evtcompat", "payloads of every version of an event")
    group.addoption(
        _UPDATE,
        action="store_true",
        dest=_OPTION,
        help="Write the fixtures of marked tests again from today's schemas.",
    )
    parser.addini(_ROOT, "The folder with one folder of fixtures for each subject.", default="tests/fixtures")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line(
        "markers",
        "evtcompat(subject, reader=None, writer=None, outcome=None, witnesses=True): "
        "call the test with every payload, sequence or poison message of a subject's fixtures",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrise a marked test by the names of its arguments."""
    mark = metafunc.definition.get_closest_marker(MARK)
    if mark is None:
        return
    subject, chosen = _arguments(mark)
    wanted = [name for name in ("payload", "sequence", "poison") if name in metafunc.fixturenames]
    if not wanted:
        pytest.fail("a test marked evtcompat needs an argument payload, sequence or poison", pytrace=False)
    folder = _folder(metafunc.config, subject)
    for name in wanted:
        if name == "payload":
            cases = list(_cases(folder, chosen))
            metafunc.parametrize(name, cases, ids=[_id(case.id) for case in cases])
        elif name == "sequence":
            orders = list(folder.sequences())
            metafunc.parametrize(name, orders, ids=[_id(order.name) for order in orders])
        else:
            pills = list(folder.poison())
            metafunc.parametrize(name, pills, ids=[_id(pill.name) for pill in pills])


def _arguments(mark: pytest.Mark) -> tuple[str, dict[str, Any]]:
    unknown = sorted(set(mark.kwargs) - set(_KNOWN))
    if len(mark.args) != 1 or not isinstance(mark.args[0], str) or unknown:
        wrong = f"; {', '.join(unknown)} is not known" if unknown else ""
        pytest.fail(
            f'use @pytest.mark.evtcompat("subject", {", ".join(f"{one}=..." for one in _KNOWN)}){wrong}', pytrace=False
        )
    return mark.args[0], dict(mark.kwargs)


def _cases(folder: Folder, chosen: dict[str, Any]) -> Iterable[Case]:
    outcome = chosen.get("outcome")
    outcomes = {outcome} if isinstance(outcome, str) else None if outcome is None else set(outcome)
    from evtcompat.errors import EvtcompatError

    try:
        for case in folder.cases(writer=chosen.get("writer"), reader=chosen.get("reader")):
            if outcomes is not None and case.outcome.value not in outcomes:
                continue
            if case.witness is None or chosen.get("witnesses", True):
                yield case
    except EvtcompatError as error:
        pytest.fail(f"evtcompat: {error}", pytrace=False)


def _id(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()


def _folder(config: pytest.Config, subject: str) -> Folder:
    """The fixtures of a subject, written first when that is asked for; read once in a session."""
    from evtcompat.errors import EvtcompatError
    from evtcompat.payloads.folder import Folder

    known: dict[str, Folder] = config.stash.setdefault(_FOLDERS, {})
    if subject not in known:
        path = _path(config, subject)
        try:
            if config.getoption(_OPTION):
                _update(config, subject, path)
            known[subject] = Folder(path)
        except EvtcompatError as error:
            update = "" if config.getoption(_OPTION) else f"\n  pytest {_UPDATE} writes the fixtures of marked tests"
            pytest.fail(f"evtcompat: {error}{update}", pytrace=False)
    return known[subject]


_FOLDERS: pytest.StashKey[dict[str, Any]] = pytest.StashKey()


def _path(config: pytest.Config, subject: str) -> Path:
    root = config.rootpath / str(config.getini(_ROOT))
    parts = subject.replace("\\", "/").split("/")
    if any(part in ("", ".", "..") for part in parts) or ":" in subject:
        pytest.fail(f"evtcompat: {subject!r} is no name of a subject", pytrace=False)
    return root.joinpath(*parts)


def _update(config: pytest.Config, subject: str, path: Path) -> None:
    """Write the folder of a subject from the schemas that the project's configuration leads to."""
    if hasattr(config, "workerinput"):
        pytest.fail(f"evtcompat: {_UPDATE} writes files: run it without -n", pytrace=False)
    from evtcompat.payloads.contents import Ids, folder_contents
    from evtcompat.payloads.folder import Folder, is_ours, objects
    from evtcompat.payloads.matrix import ParsedSubject, matrix_of
    from evtcompat.payloads.subjects import Catalogue
    from evtcompat.payloads.writing import write_folder

    seed, ids = 0, []
    if is_ours(path):
        manifest = Folder(path).manifest
        seed = int(str(manifest.get("seed", 0)))
        ids = [f"{entry['version']}={entry['schema_id']}" for entry in objects(manifest, "versions")]
    with Catalogue(config.rootpath) as catalogue:
        parsed = ParsedSubject(catalogue.subject(subject))
    ids = [word for word in ids if word.partition("=")[0] in parsed.subject.labels]
    contents = folder_contents(parsed, matrix_of(parsed, seed), Ids.parse(parsed.subject.labels, ids))
    write_folder(path, contents)
    if contents.left_out:
        pytest.fail(f"evtcompat: left out, as they cannot be read: {'; '.join(contents.left_out)}", pytrace=False)


class ContractsFixture:
    """The contracts of a project's consumers: the fixture `evtcompat_contracts`."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet.

        Args:
            folder: Where the project's configuration is looked for, and what paths start from.
        """
        self._folder = folder

    def verify(
        self,
        *subjects: str,
        produced: str | Callable[[], Iterable[object]] | Iterable[object] | None = None,
        consumers: Iterable[str] = (),
        writers: str | None = None,
        models: Iterable[str] = (),
        contracts: str | Path | None = None,
        schemas: Iterable[str | Path] = (),
    ) -> None:
        """Fail the test where `evtcompat contract verify` would not end with 0, with what it would say.

        Args:
            subjects: Only contracts about these.
            produced: What is really produced of the one subject: a function that is called here and returns events,
                the events themselves (JSON values, texts or bytes), or a word as ``--produced`` takes it.
            consumers: Only contracts of these.
            writers: As ``--writers``.
            models: Python models of contracts that may be imported.
            contracts: The folder of contracts, from pytest's root folder; what the configuration says by default.
            schemas: Where the subjects lie; what the configuration says by default.
        """
        from evtcompat.cli.contracting.contracts import Asked, open_contracts, verified
        from evtcompat.cli.runs.context import Environment
        from evtcompat.errors import EvtcompatError
        from evtcompat.reporters.available import DEFAULT
        from evtcompat.reporters.rendering import rendered
        from evtcompat.reporters.terminal import Terminal

        try:
            asked = Asked(
                contracts=None if contracts is None else Path(contracts),
                schemas=tuple(map(str, schemas)),
                subjects=subjects,
                consumers=tuple(consumers),
                writers=writers,
                models=tuple(models),
                produced=_events(produced),
            )
            with open_contracts(asked, Environment(folder=self._folder)) as opened:
                report, code = verified(opened)
        except EvtcompatError as error:
            hint = f"\n  {error.hint}" if error.hint else ""
            pytest.fail(f"evtcompat: {error}{hint}", pytrace=False)
        if code:
            pytest.fail(rendered(DEFAULT, report, Terminal()), pytrace=False)


def _events(produced: str | Callable[[], Iterable[object]] | Iterable[object] | None) -> str | Produced | None:
    """What is produced as `evtcompat.cli.contracting.contracts.Asked` takes it."""
    if produced is None or isinstance(produced, str):
        return produced
    from evtcompat.contracts.producing import produced_here

    name = getattr(produced, "__qualname__", "the events of the test")
    return produced_here(name, produced() if callable(produced) else produced)


@pytest.fixture
def evtcompat_contracts(request: pytest.FixtureRequest) -> ContractsFixture:
    """Holds what is produced against the contracts of the project's consumers: ``evtcompat_contracts.verify(...)``."""
    return ContractsFixture(request.config.rootpath)
