"""Who is on the key list, until when, and which chief service officer serves them.

May import: kernel, records, master_data.
"""
