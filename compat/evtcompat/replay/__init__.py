"""Recorded events: what they say about a reader, from one file to a cluster.

A job and a split go in, a summary comes out, by a pure function (`summarise`); an engine runs it over many splits, and
summaries are merged once a split (`ledger`). How events are written and what becomes of them in a reader is asked of
the schema's format.
"""
