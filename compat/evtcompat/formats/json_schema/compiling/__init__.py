"""From schemas to nodes, keyword by keyword.

A handler gets the schema object that holds its keyword and returns a node.
"""
