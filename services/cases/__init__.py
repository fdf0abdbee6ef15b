"""A case from 申请 to 归档: its states, each action, its items, its deadlines, its ratings.

May import kernel, records, master_data and key_targets.
"""
