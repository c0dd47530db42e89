"""Subjects, versions, languages and kinds of files, told by names and a glance at the bytes: no file is read."""
