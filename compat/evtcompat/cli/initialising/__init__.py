"""The work behind `evtcompat init`."""
