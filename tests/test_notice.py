"""What the repository says of licences, its own and those of what it runs on."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tools.notice import lines, requirements

ROOT = Path(__file__).parents[1]


def test_the_notice_lists_every_requirement_with_its_licence() -> None:
    assert len(requirements()) > 30
    assert (ROOT / "NOTICE").read_text(encoding="utf-8") == "\n".join(lines()) + "\n", "run `make notice`"


def test_the_licence_is_named_and_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "MulanPSL-2.0"
    assert all((ROOT / name).is_file() for name in project["license-files"])
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("木兰宽松许可证")


def test_the_versions_of_python_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={(ROOT / '.python-version').read_text().strip()}"


def test_the_changelog_begins_with_the_version_of_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n## ")[2]
    assert newest.startswith(project["version"])
