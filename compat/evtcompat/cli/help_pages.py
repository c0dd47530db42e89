"""What the help of a command says besides its options: to which group it belongs, and what calls of it look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

#: Commands by what a person wants of them.
GROUPS: Final[Mapping[str, Sequence[str]]] = {
    "Set up": ("init", "export"),
    "Check": ("check", "waive", "contract", "can-i-deploy", "plan", "deploy"),
    "Look": ("diff", "matrix", "report", "explain", "rules", "lsp"),
    "Test": ("fixtures", "exercise", "replay"),
    "Registry": ("registry", "lock"),
}
#: Calls of a command, or of one in a group of commands, each with what it is for.
EXAMPLES: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "init": (("--dry-run", "what is found, and what would be written"), ("", "write it")),
    "export": (("shop.events: -o schemas", "a file for every model of a module"),),
    "check": (
        ("", "what changed since the git baseline"),
        ("events/order-v2.avsc", "one file, whether it changed or not"),
        ("--against git:v1.4 --level BACKWARD", "against a tag: can new consumers read old events?"),
        ("--against registry events", "against what is registered"),
        ("--format github --format sarif:out.sarif", "in CI"),
    ),
    "diff": (
        ("order-v1.avsc order-v2.avsc", "two files"),
        ("git:main events/order.json", "the file as it is on main, and now"),
    ),
    "exercise": (
        ("order --new shop:handle --observe state --fixtures payloads", "a function"),
        ("order --old shop:handle@git:main --new shop:handle --observe state --fixtures payloads", "old and new"),
        ("order --service shop --fixtures payloads --transport redis:", "a service of the configuration"),
    ),
    "explain": (("property-became-required", "what a rule means, with a payload and the ways out"),),
    "matrix": (("order", "which version reads which"), ("order --past 30", "with more of a file's history in git")),
    "report": (
        ("order -o order.html", "the history of a subject as one page"),
        ("--site build/schemas", "a site of every subject"),
        ("order-value --from registry -o order.html", "as the registry has it"),
    ),
    "rules": (("", "every rule, with what it weighs"),),
    "waive": (
        ("0a1b2c3d4e5f60718293a4b5 --reason 'no consumer left' --owner team-a --expires 2030-01-31", "one finding"),
        ("--all --reason 'as it was' --owner team-a --expires 2030-01-31", "all that fail today"),
    ),
    "lock": (("", "keep what the registry holds, for checks without it"), ("order-value", "one subject")),
    "fixtures generate": (("order -o tests/fixtures/order", "payloads of every version for tests of a consumer"),),
    "fixtures verify": (("tests/fixtures", "whether they hold with today's schemas"),),
    "registry subjects": (("", "all of them"), ("order", "those that begin so")),
    "registry versions": (("order-value", "the versions of a subject"),),
    "registry show": (("order-value", "the newest version"),),
    "registry pull": (("schemas", "write every version into a folder"),),
    "registry check": (("events/order.avsc", "what the registry would answer"),),
    "registry diff": (("staging production", "two registries of the configuration"),),
    "registry register": (("events --dry-run", "what would be registered"),),
    "registry promote": (("order-value --from dev --to prod --dry-run", "what would be registered there"),),
    "registry serve": (("--port 8081", "a registry in memory, for tests"),),
    "replay": (("events.avro --reader order-v2.avsc", "what a new reader makes of recorded events"),),
    "lsp": (("", "the server that an editor starts"),),
    "contract init": (("order billing", "begin the contract of a consumer"),),
    "contract list": (("", "who needs what"),),
    "contract verify": (("", "whether every event that may be written has what is needed"),),
    "contract usage": (("order", "which parts of a subject somebody needs"),),
    "deploy record": (("billing 1.4.0 --env production", "say what runs where"),),
    "deploy list": (("", "what runs where"),),
    "can-i-deploy": (("billing 1.5.0 --to production", "whether what runs there gets on with it"),),
    "plan": (("billing=1.5.0 shop=2.0.0 --to production", "in which order several can go"),),
}


def group_of(command: str) -> str | None:
    """The group of a command; ``None`` for one of another distribution."""
    return next((group for group, commands in GROUPS.items() if command in commands), None)


def epilog_of(command: str) -> str | None:
    """The calls of a command as the end of its help; ``None`` where there are none."""
    lines = [f"  evtcompat {command} {words}".rstrip() + f"   {what}" for words, what in EXAMPLES.get(command, ())]
    return "\n\n".join(["Examples:", *lines]) if lines else None
