"""The work behind `evtcompat report`."""
