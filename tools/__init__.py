"""What developers run beside the program: `python -m tools.revision`, `python -m tools.notice`."""
