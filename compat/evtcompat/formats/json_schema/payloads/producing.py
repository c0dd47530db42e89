"""Which instances a writer may produce: what its schema accepts, and of that what the policy lets it send."""

from __future__ import annotations

from itertools import compress
from operator import is_not
from typing import TYPE_CHECKING, Any, Final

from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.policy import produced
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError
from evtcompat.formats.json_schema.values import Looking
from evtcompat.model.places import child
from evtcompat.model.verdicts import Policy
from evtcompat.regular.steps import BudgetExceededError, Steps
from evtcompat.syntax import deep

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.algebra.kinds import Node
    from evtcompat.formats.json_schema.options import Options
    from evtcompat.formats.json_schema.parse.parsing import Schema
    from evtcompat.formats.json_schema.validate.validator import Validator
    from evtcompat.model.json_types import JSON

#: Steps for the question whether a policy lets a writer produce a value.
_STEPS: Final = 40_000


class Producing:
    """Tells of instances of one schema whether a writer may produce them.

    The values that it was asked about are kept, and must not be changed.
    """

    def __init__(self, schema: Schema, options: Options, validator: Validator, steps: Steps | None = None) -> None:
        """Nothing is asked yet.

        Args:
            schema: The writer's.
            options: With the policy.
            validator: Of the schema.
            steps: For all questions together; any number by default.
        """
        self._schema = schema
        self._policy = options.policy
        self._validator = validator
        self._looking = Looking(schema, validator, steps or Steps(None))
        #: What it told of a part is not asked again.
        self._membership = Membership(Steps(_STEPS))
        self._seen: dict[int, tuple[Any, Any]] = {}
        #: By the names of members, an object that may be produced.
        self._examples: dict[tuple[str, ...], dict[str, Any]] = {}
        self._parts: dict[str, Node] = {}

    def produces(self, value: JSON) -> bool:
        """Whether a writer may produce the value, by jsonschema and by the policy; each value has steps of its own.

        Raises:
            BudgetExceededError: The steps for all values are used.
        """
        self._membership.steps = Steps(_STEPS)
        told = deep.run(self._schema.nesting, lambda: self._asked(value))
        self._looking.spend(value, self._membership.steps.used)
        return told

    def _asked(self, value: object) -> bool:
        exact = self._validator.exact(value, self._seen)
        try:
            if not self._validator.accepts(exact):
                return False
        except ValidatorFailedError:
            return False  # it may, but nobody can show it
        if self._policy is Policy.STRICT:
            return True  # writers produce whatever is valid
        try:
            return self._by_members(exact) if self._validator.is_apart and type(exact) is dict else self._whole(exact)
        except BudgetExceededError:
            return False

    def _whole(self, exact: object) -> bool:
        return self._holds(produced(self._schema, self._policy), exact)

    def _by_members(self, exact: dict[str, Any]) -> bool:
        """The same for a schema that says of each declared member what it says whatever the others are.

        An object with the names of one that may be produced may be produced where each member may that differs.
        """
        names = tuple(exact)
        example = self._examples.get(names)
        if example is None:
            may = self._whole(exact)
            if may:
                self._examples[names] = exact
            return may
        others = list(compress(names, map(is_not, exact.values(), example.values())))
        if not all(map(self._validator.declares, others)):
            return self._whole(exact)
        return all(self._holds(self._part(name), exact[name]) for name in others)

    def _part(self, name: str) -> Node:
        """What may be produced where a declared member stands."""
        found = self._parts.get(name)
        if found is None:
            pointer = child("/properties", name)
            found = self._parts[name] = produced(self._schema, self._policy, pointer)
        return found

    def _holds(self, node: Node, exact: object) -> bool:
        return self._membership.holds_together([node], exact) is True
