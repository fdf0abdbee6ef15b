"""`make notice`: the licences of the packages in requirements.txt, from the metadata of what is installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"
#: A licence named in one line; longer ones are the text itself.
ONE_LINE = 80
HEADING = """帮办代办管理后台 (bangban-office) is licensed under MulanPSL-2.0, see LICENSE.

It runs on the packages below, which are installed from requirements.txt and are not part of this repository.
Each has its own licence. This list is written by `make notice`.
"""


def requirements() -> list[tuple[str, str]]:
    """(name, version) of every package in requirements.txt, by name."""
    found = re.findall(r"^([\w.-]+)==(\S+)$", REQUIREMENTS.read_text(encoding="utf-8"), re.M)
    return sorted(found, key=lambda package: package[0].lower())


def licence_of(package: Distribution) -> str:
    """The licence expression, else the short name, else the classifiers; ValueError when there is none."""
    about = package.metadata
    short = [str(about[key]).strip() for key in ("License-Expression", "License") if key in about]
    named = [text for text in short if 0 < len(text) <= ONE_LINE and "\n" not in text and text != "UNKNOWN"]
    if named:
        return named[0]
    classified = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    if not classified:
        raise ValueError(f"{about['Name']} names no licence")
    return ", ".join(classified)


def lines() -> Iterator[str]:
    """The lines of NOTICE."""
    yield HEADING
    for name, version in requirements():
        yield f"{name} {version}: {licence_of(distribution(name))}"


if __name__ == "__main__":
    print("\n".join(lines()))
