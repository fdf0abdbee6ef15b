"""The figures of a month and the rows behind each of them.

May import: everything to the left of it, up to cases.
"""
