"""Mutation tests: break a rule by hand-sized changes, one at a time, and see whether a test notices.

`make mutants`; CONTRIBUTING.md says how to read what it prints. pytest collects nothing here.
"""
