"""The command line: exports, the worker, scheduled work."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from commands import cli
from services.ledgers import workbooks
from tests.demo import copy_of

Run = Callable[..., Result]


@pytest.fixture
def run(demo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("export", …)`: run a command on the demo data."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{copy_of(demo_file, tmp_path)}")

    def runner(*words: object) -> Result:
        return CliRunner().invoke(cli, [str(word) for word in words])

    return runner


@pytest.mark.parametrize("only", [None, *(kind.name for kind in workbooks.KINDS)])
def test_every_ledger_of_a_month(run: Run, tmp_path: Path, only: str | None) -> None:
    out = tmp_path / "out.xlsx"
    more = ("--only", only) if only else ()
    result = run("export", "ledger", "--county", "410823", "--month", "2026-11", *more, "--out", out)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip().endswith(str(out))
    first = next(kind.sheet for kind in workbooks.KINDS if only in (None, kind.name))
    assert openpyxl.load_workbook(out).sheetnames[0] == first


def test_a_year_and_lists(run: Run, tmp_path: Path) -> None:
    year = run("export", "year", "--county", "410823", "--year", 2026, "--out", tmp_path / "year.xlsx")
    assert year.exit_code == 0, year.output
    assert "统计" in openpyxl.load_workbook(tmp_path / "year.xlsx").sheetnames
    query = ("--query", "search=食品")
    listed = run("export", "list", "enterprise", "--county", "410823", *query, "--out", tmp_path / "list.csv")
    assert listed.exit_code == 0, listed.output
    rows = list(csv.DictReader((tmp_path / "list.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows
    assert {row["县（旗）"] for row in rows} == {"武陟县"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ledger", "--county", "999999", "--month", "2026-11"), "没有代码为 999999"),
        (("ledger", "--county", "410823", "--month", "2026-13"), "月份请写成"),
        (("ledger", "--county", "410823", "--month", "2027-01"), "还没有到"),
        (("ledger", "--county", "410823", "--month", "2025-10"), "早于第一本台账"),
        (("ledger", "--county", "410823", "--month", "2026-10", "--only", "ended"), "已锁定"),
        (("ledger", "--county", "150422", "--month", "2026-11", "--only", "projects"), "没有这种台账"),
        (("year", "--county", "410823", "--year", "2019"), "还没有台账"),
        (("list", "nothing"), "nothing"),
    ],
)
def test_what_cannot_go_out_is_said(run: Run, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    result = run("export", *words, "--out", tmp_path / "out.xlsx")
    assert result.exit_code != 0
    assert told in result.output
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("name", ["nowhere/out.csv", "nowhere/out.xlsx"])
def test_a_missing_folder_is_said_and_nothing_is_left(run: Run, tmp_path: Path, name: str) -> None:
    before = set(tmp_path.iterdir())
    result = run("export", "list", "enterprise", "--out", tmp_path / name)
    assert (result.exit_code, "没有这个文件夹" in result.output) == (1, True), result.output
    assert {path.name for path in set(tmp_path.iterdir()) - before} <= {"secret-key", "demo.db-wal", "demo.db-shm"}


def test_a_file_that_could_not_be_written_leaves_the_old_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "out").mkdir()
    (tmp_path / "out/list.csv").write_text("去年的")
    monkeypatch.setattr("services.transfer.exports.write_csv", full)
    result = run("export", "list", "enterprise", "--out", tmp_path / "out/list.csv")
    assert (result.exit_code, "不能写到" in result.output) == (1, True), result.output
    assert [path.read_text() for path in (tmp_path / "out").iterdir()] == ["去年的"]


def test_time_brings_the_same_twice(run: Run) -> None:
    first, second = (run("tick").output for _ in range(2))
    assert "更新的上月台账：" in first
    marked, _, ended, months, *_ = re.findall(r"：(\d+)", second)
    assert (marked, ended, months) == ("0", "0", "0")
