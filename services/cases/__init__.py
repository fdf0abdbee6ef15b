"""A case from 申请 to 归档: its states, each action, its items, its deadlines, its ratings.

May import: everything to the left of it, up to key_targets.
"""
