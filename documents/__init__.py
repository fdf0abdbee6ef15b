"""Printed papers: their layout, Word templates, filling in, HTML pages, checks of uploads. No database, no web."""
