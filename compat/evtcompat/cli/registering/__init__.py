"""The work behind `evtcompat registry`: a module for each of its larger commands."""
