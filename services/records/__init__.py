"""Any table: lists, create, edit, delete, history, references, attachments, numbers, search.

May import: kernel.
"""
