"""Histories of published subjects: a registry, or the lock that was written from one."""
