"""Who acts, what they may see and do, one transaction, its audit.

May import: models only.
"""
