"""Printed papers: what stands on them, as Word templates, as pages, filled in. No database, no web."""
