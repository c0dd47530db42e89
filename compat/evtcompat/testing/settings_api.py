"""Levels, policies, modes, and what registries tell about themselves."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.model.verdicts import Policy
from evtcompat.registries.names import parse_subject
from evtcompat.testing.bodies import member
from evtcompat.testing.profiles import Profile
from evtcompat.testing.refusals import ApiError, not_permitted, subject_not_found
from evtcompat.testing.routing import Call, Handler, Routes
from evtcompat.testing.rules import check_rules
from evtcompat.testing.settings import KEPT, LEVEL, ROOT, scope_of
from evtcompat.testing.store import Store

_MODES = frozenset({"READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT", "FORWARD"})
#: What never changes.
_CONSTANT: Mapping[str, JSON] = {
    "/": {},
    "/_health": {"healthy": True},
    "/v1/metadata/id": {"scope": {"path": [], "clusters": {}}, "id": "evtcompat-testing"},
    "/v1/metadata/version": {"version": "evtcompat-testing", "commitId": ""},
}


def _constantly(answer: JSON) -> Handler:
    return lambda _: answer


class SettingsApi:
    """Handlers. The caller holds a lock around each."""

    def __init__(self, store: Store, profile: Profile, routes: Routes) -> None:
        self._store = store
        self._settings = store.settings
        self._profile = profile
        for what, get, put, delete in (
            ("/config", self.config, self.set_config, self.reset_config),
            ("/mode", self.mode, self.set_mode, self.reset_mode),
        ):
            for template in (what, f"{what}/{{subject}}"):
                for method, handler in (("GET", get), ("PUT", put), ("DELETE", delete)):
                    if (method, template) not in profile.lacks:
                        routes.add(method, template, handler)
        for template, answer in _CONSTANT.items():
            if ("GET", template) not in profile.lacks:
                routes.add("GET", template, _constantly(answer))

    def config(self, call: Call) -> JSON:
        """What is set in a scope; with ``defaultToGlobal``, what holds there."""
        scope = _scope(call)
        own = self._settings.configs.get(scope)
        if scope == ROOT and not call.flag("defaultToGlobal"):
            return {LEVEL: self._settings.default.value, **(own or {})}
        if scope != ROOT and self._profile.unknown_config_is_error and not self._known(scope):
            raise subject_not_found(scope)
        if call.flag("defaultToGlobal"):
            return self._settings.effective(scope)
        if own is None:
            message = f"Subject '{scope}' does not have subject-level compatibility configured"
            raise ApiError(404, 40408, message)
        return {**own}

    def set_config(self, call: Call) -> JSON:
        """Set a level and what goes with it; what is not named stays."""
        scope = _scope(call)
        if self._profile.contracts and self._settings.read_only(scope):
            raise not_permitted(scope or ROOT, "is in read-only mode")
        body = call.body if isinstance(call.body, dict) else {}
        changes: dict[str, JSON] = {}
        if not self._profile.contracts or not isinstance(call.body, dict) or "compatibility" in body:
            word = member(call.body, "compatibility", self._profile)
            changes[LEVEL] = self._level(word).value
        if self._profile.contracts:
            changes.update({name: body[name] for name in KEPT if name in body})
            _check_policy(changes.get("compatibilityPolicy"))
            for name in ("defaultRuleSet", "overrideRuleSet"):
                check_rules(changes.get(name))
        own = {**self._settings.configs.get(scope, {}), **changes}
        self._settings.configs[scope] = {name: value for name, value in own.items() if value not in (None, "")}
        shown = self._settings.configs[scope]
        level = shown.get(LEVEL, self._settings.default.value if scope == ROOT else None)
        answer = {"compatibility": level, **{name: shown[name] for name in KEPT if name in shown}}
        return {name: value for name, value in answer.items() if value is not None}

    def reset_config(self, call: Call) -> JSON:
        """Nothing is set in the scope any more; the answer is what was."""
        scope = _scope(call)
        if self._profile.contracts and self._settings.read_only(scope):
            raise not_permitted(scope or ROOT, "is in read-only mode")
        own = self._settings.configs.pop(scope, None)
        if not self._profile.contracts:
            return {"compatibility": self._settings.level(ROOT).value}
        if own is None and scope != ROOT:
            raise self._nothing_set(scope, 40408, "compatibility")
        return {LEVEL: self._settings.default.value, **(own or {})}

    def mode(self, call: Call) -> JSON:
        """The mode that is set in a scope; with ``defaultToGlobal``, the one that holds there."""
        scope = _scope(call)
        own = self._settings.modes.get(scope)
        if scope == ROOT and not call.flag("defaultToGlobal"):
            return {"mode": own or "READWRITE"}
        if own is None and not call.flag("defaultToGlobal") and self._profile.imports:
            message = f"Subject '{scope}' does not have subject-level mode configured"
            raise ApiError(404, 40409, message)
        return {"mode": self._settings.mode(scope)}

    def set_mode(self, call: Call) -> JSON:
        """Set a mode."""
        scope, word = _scope(call), member(call.body, "mode", self._profile).upper()
        if word not in _MODES:
            raise ApiError(422, 42204, f"Invalid mode. Valid values are {', '.join(sorted(_MODES))}")
        if word == "IMPORT" and not call.flag("force") and self._holds_versions(scope):
            raise ApiError(422, 42205, "Cannot import since found existing subjects")
        self._settings.modes[scope] = word
        return {"mode": word}

    def reset_mode(self, call: Call) -> JSON:
        """No mode is set in the scope any more; the answer is what was."""
        scope = _scope(call)
        own = self._settings.modes.pop(scope, None)
        if own is None and scope != ROOT:
            raise self._nothing_set(scope, 40409, "mode")
        return {"mode": own or "READWRITE"}

    def _level(self, word: str) -> Level:
        try:
            return Level(word.upper())
        except ValueError as error:
            raise ApiError(422, 42203, self._profile.messages[42203]) from error

    def _known(self, subject: str) -> bool:
        return subject in self._store.subjects() or subject in self._settings.configs

    def _nothing_set(self, scope: str, code: int, what: str) -> ApiError:
        if scope not in self._store.rows and not scope.endswith(":"):
            return subject_not_found(scope)
        return ApiError(404, code, f"Subject '{scope}' does not have subject-level {what} configured")

    def _holds_versions(self, scope: str) -> bool:
        if parse_subject(scope).name:
            return bool(self._store.live(scope))
        context = parse_subject(scope).context
        return any(parse_subject(subject).context == context for subject in self._store.subjects())


def _scope(call: Call) -> str:
    return scope_of(call.subject) if "subject" in call.parts else ROOT


def _check_policy(word: JSON) -> None:
    known = [policy.value.upper() for policy in Policy]
    if word is not None and (not isinstance(word, str) or word.upper() not in known):
        raise ApiError(422, 42203, f"Invalid compatibility policy. Valid values are {', '.join(known)}")
