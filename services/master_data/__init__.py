"""Rules of plain tables: enterprises, staff, options, agreements and notes.

May import: kernel, records.
"""
