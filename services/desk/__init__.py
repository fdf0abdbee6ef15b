"""What waits for whom: 我的待办, the cards of the home page, the badges beside a state.

May import: everything to the left of it, up to papers.
"""
