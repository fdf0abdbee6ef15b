"""Which papers a case has, the values on them, what was printed, templates of a county.

May import: everything to the left of it, up to ledgers.
"""
