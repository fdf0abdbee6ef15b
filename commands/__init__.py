"""The command line: `python app.py …`.

Each module adds its commands to `cli`. `run` serves the application that the factory in `cli`'s context object
makes: `app.py` hands over `create_app`, so that no command imports the factory.
"""

from __future__ import annotations

from commands import accounts, exports, imports, server, setup
from commands.base import cli, main

__all__ = ["accounts", "cli", "exports", "imports", "main", "server", "setup"]
