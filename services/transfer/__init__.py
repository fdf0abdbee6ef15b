"""In from Excel, out to files, and the queue of background tasks.

May import: everything to the left of it.
"""
