"""The work behind `evtcompat contract`, and behind `deploy`, `can-i-deploy` and `plan`, which rest on it."""
