"""Events that Python modules declare as classes: imported in a process of its own, and only where a person says so."""
