"""The work behind `evtcompat exercise`."""
