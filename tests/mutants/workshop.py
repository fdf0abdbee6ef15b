"""A process of its own in a copy of the tree: `python workshop.py COPY` answers each line of test files with a number.

The libraries are loaded once; each answer comes from a fork, which loads the program anew as it stands in the copy.
That halves the time of a mutant: most of it is loading.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Sequence

#: What takes long to load and is not ours; what cannot be loaded is left to the tests. Not hypothesis: pytest warns
#: of a plugin that it cannot rewrite any more, and warnings are errors.
LIBRARIES = (
    "argon2",
    "chinese_calendar",
    "docxtpl",
    "flask_admin",
    "openpyxl",
    "phonenumbers",
    "psycopg",
    "pytest",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.orm",
    "xlsxwriter",
)
#: What an attempt that was stopped for its time answers; pytest itself answers 0 to 5.
TOO_LONG = 99
#: What pytest printed last, in the copy.
SAID = "said.txt"


def answer(arguments: Sequence[str], patience: int) -> int:
    """What pytest says of the tests, in a process that is gone afterwards."""
    child = os.fork()
    if child == 0:
        signal.alarm(patience)  # ends the process when it rings
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        said = os.open(SAID, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        import pytest

        os._exit(int(pytest.main(list(arguments))))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return TOO_LONG if status == -signal.SIGALRM else status


def main(copy: str) -> None:
    """Answer until there is nothing more to ask."""
    os.chdir(copy)
    sys.path[0] = copy
    sys.dont_write_bytecode = True  # bytecode is known by its second and length: a mutant's must not stay
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    for line in sys.stdin:
        asked = json.loads(line)
        print(answer(asked["arguments"], asked["patience"]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
