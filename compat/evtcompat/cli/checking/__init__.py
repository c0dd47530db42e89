"""The work behind `evtcompat check`, and behind `waive`, which checks first."""
