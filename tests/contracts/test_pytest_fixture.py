"""The fixture `evtcompat_contracts` as a producer's team uses it: real pytest runs in a project of its own."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from cli_harness import ROOT
from contracts.folders import contract, json_object, write, write_versions

pytest_plugins = ["pytester"]
TEXT = {"type": "string"}
CODE = """
def orders(kind="a"):
    return [{"id": "1", "kind": kind}, b'{"id": "2", "kind": "b"}']
"""


@pytest.fixture
def shop(pytester: pytest.Pytester) -> pytest.Pytester:
    """A producer with its code, its schema and the contracts of two consumers."""
    folder = pytester.path
    write_versions(folder / "schemas", json_object("id", id=TEXT, kind=TEXT), suffix=".json")
    contract(folder, "search", 'needs = ["id"]\nwritten-against = "1"\n')
    closed = json_object("id", "kind", id=TEXT, kind={"enum": ["a", "b"]})
    write(folder / "contracts" / "order" / "audit.json", closed)
    contract(folder, "audit", 'schema = "audit.json"\n')
    write(
        folder / "shop.py",
        'def orders(kind="a"):\n    return [{"id": "1", "kind": kind}, b\'{"id": "2", "kind": "b"}\']\n',
    )
    pytester.makeini("[pytest]\npythonpath = . " + str(ROOT / "compat"))
    return pytester


def run(project: pytest.Pytester, body: str) -> pytest.RunResult:
    """A pytest of its own: in this one, modules of evtcompat that are loaded already would be loaded twice."""
    installed = any(one.name == "evtcompat" for one in entry_points(group="pytest11"))
    project.makepyfile(f"import shop\ndef test_it(evtcompat_contracts):\n    {body}\n")
    plugin = "evtcompat" if installed else "evtcompat.pytest_plugin"
    return project.runpytest_subprocess("-p", plugin, "-p", "no:xdist", "-p", "no:cacheprovider", "-q")


#: By what a test calls: what of the output shows that it failed; "" where it passes.
CALLS = {
    'verify(consumers=["search"])': "",
    'verify("order", consumers=["search"], produced=shop.orders)': "",
    'verify("order", consumers=["search"], writers="1", contracts="contracts", schemas=["schemas"])': "",
    'verify(consumers=["search"], produced="shop:orders")': "",
    "verify()": "*order  v1 breaks audit*",
    'verify(consumers=["audit"])': "*Breaks audit: it needs kind.*",
    'verify("order", produced=shop.orders("c"))': "*The producer's event 1 is refused by audit: /kind*",
    'verify("order", produced=[{"kind": "a"}])': "*The producer's event 1 is refused by its own schema*",
    'verify("order", produced=[])': "*there is no event in it*",
    'verify("order", produced=[object()])': "*event 1 is no event: Object of type object is not JSON serializable*",
    'verify("order", produced=["{"])': "*event 1 is no event*",
    'verify("ordr")': "*there is no contract about ordr*",
    'verify(contracts="nowhere")': "*nowhere*unchecked*",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS)
def test_a_test_fails_where_contract_verify_would_not_end_with_0(call: str, shop: pytest.Pytester) -> None:
    result = run(shop, f"evtcompat_contracts.{call}")
    outcome, said = ({"passed": 1}, "*") if not CALLS[call] else ({"failed": 1}, CALLS[call])
    assert result.parseoutcomes() == outcome, result.stdout.str()
    result.stdout.fnmatch_lines([said])


@pytest.mark.slow
def test_the_producers_code_is_called_in_the_test_with_what_the_test_has_set_up(shop: pytest.Pytester) -> None:
    """A function that needs a fixture of the test, here an environment."""
    body = (
        "import os\n    os.environ['KIND'] = 'c'\n"
        "    evtcompat_contracts.verify('order', produced=lambda: shop.orders(os.environ['KIND']))"
    )
    result = run(shop, body)
    assert result.parseoutcomes() == {"failed": 1}
    result.stdout.fnmatch_lines(["*test_it.<locals>.<lambda>:1:1  error  produced-event-refused*"])
