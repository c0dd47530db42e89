"""Levels, modes, and what registries tell about themselves."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.testing.bodies import member
from evtcompat.testing.profiles import Profile
from evtcompat.testing.refusals import ApiError, subject_not_found
from evtcompat.testing.routing import Call, Handler, Routes
from evtcompat.testing.store import Store

_MODES = frozenset({"READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT"})
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
        self._profile = profile
        for method, template, handler in (
            ("GET", "/config", self.level),
            ("PUT", "/config", self.set_level),
            ("DELETE", "/config", self.reset_level),
            ("GET", "/config/{subject}", self.subject_level),
            ("PUT", "/config/{subject}", self.set_level),
            ("DELETE", "/config/{subject}", self.reset_level),
            ("GET", "/mode", self.mode),
            ("PUT", "/mode", self.set_mode),
            ("DELETE", "/mode", self.reset_mode),
            ("GET", "/mode/{subject}", self.subject_mode),
            ("PUT", "/mode/{subject}", self.set_mode),
            ("DELETE", "/mode/{subject}", self.reset_mode),
        ):
            if (method, template) not in profile.lacks:
                routes.add(method, template, handler)
        for template, answer in _CONSTANT.items():
            if ("GET", template) not in profile.lacks:
                routes.add("GET", template, _constantly(answer))

    def level(self, call: Call) -> JSON:
        """The global level."""
        del call
        return {"compatibilityLevel": self._store.level.value}

    def subject_level(self, call: Call) -> JSON:
        """The level of a subject."""
        known = call.subject in self._store.subjects() or call.subject in self._store.levels
        if not known and self._profile.unknown_config_is_error:
            raise subject_not_found(call.subject)
        level = self._store.levels.get(call.subject)
        if level is None and not call.flag("defaultToGlobal"):
            message = f"Subject '{call.subject}' does not have subject-level compatibility configured"
            raise ApiError(404, 40408, message)
        return {"compatibilityLevel": (level or self._store.level).value}

    def set_level(self, call: Call) -> JSON:
        """Set a level."""
        word = member(call.body, "compatibility", self._profile)
        try:
            level = Level(word.upper())
        except ValueError as error:
            raise ApiError(422, 42203, self._profile.messages[42203]) from error
        if "subject" in call.parts:
            self._store.levels[call.subject] = level
        else:
            self._store.level = level
        return {"compatibility": level.value}

    def reset_level(self, call: Call) -> JSON:
        """A subject goes back to the global level, the registry to BACKWARD."""
        if "subject" not in call.parts:
            self._store.level = Level.BACKWARD
            return {"compatibility": self._store.level.value}
        self._store.levels.pop(call.subject, None)
        return {"compatibility": self._store.level.value}

    def mode(self, call: Call) -> JSON:
        """The global mode."""
        del call
        return {"mode": self._store.mode}

    def subject_mode(self, call: Call) -> JSON:
        """The mode of a subject."""
        own = self._store.modes.get(call.subject)
        if own is None and not call.flag("defaultToGlobal") and self._profile.imports:
            message = f"Subject '{call.subject}' does not have subject-level mode configured"
            raise ApiError(404, 40409, message)
        return {"mode": own or self._store.mode}

    def set_mode(self, call: Call) -> JSON:
        """Set a mode."""
        word = member(call.body, "mode", self._profile).upper()
        if word not in _MODES:
            raise ApiError(422, 42204, f"Invalid mode. Valid values are {', '.join(sorted(_MODES))}")
        if "subject" in call.parts:
            self._store.modes[call.subject] = word
        else:
            self._store.mode = word
        return {"mode": word}

    def reset_mode(self, call: Call) -> JSON:
        """A subject goes back to the global mode."""
        if "subject" in call.parts:
            self._store.modes.pop(call.subject, None)
        else:
            self._store.mode = "READWRITE"
        return {"mode": self._store.mode}
