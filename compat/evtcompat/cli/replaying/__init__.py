"""The work behind `evtcompat replay`."""
