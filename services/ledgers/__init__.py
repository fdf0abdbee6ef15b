"""A month: which cases belong to it, locking, the workbooks, what time brings.

May import: everything to the left of it, up to statistics.
"""
