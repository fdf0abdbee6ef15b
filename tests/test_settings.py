"""Settings: read once, documented, refused with a sentence when they are wrong."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from app import create_app
from settings import MIN_SECRET_LENGTH, PROGRAM, BadSetting, Settings, child_environment, program_version, read_settings


def table() -> str:
    """The table of README, made from the dataclass."""
    rows = []
    for each in fields(Settings):
        default = each.metadata["default"]
        shown = f"`{default}`" if default else "–"
        rows.append(f"| `{each.name.upper()}` | {shown} | {each.metadata['meaning']} |")
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows]) + "\n"


def test_the_readme_has_the_table_of_the_settings() -> None:
    assert table() in (PROGRAM / "README.md").read_text(), f"put this into README.md:\n{table()}"


def read(folder: Path, **environment: str) -> Settings:
    return read_settings({"DATA_DIR": str(folder), **environment})


def test_what_is_unset_or_empty_has_its_default(tmp_path: Path) -> None:
    for found in (read(tmp_path), read(tmp_path, PORT="", HOST="", DATABASE_URL="", PUBLIC_URL="", LEDGER_DIR="")):
        assert found == Settings(
            data_dir=tmp_path,
            database_url=f"sqlite:///{tmp_path}/office.db",
            secret_key=None,
            public_url=None,
            host="127.0.0.1",
            port=8000,
            trusted_proxy=None,
            ledger_dir=None,
            demo_password=None,
        )


def test_the_data_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    made = read(tmp_path / "new" / "data").data_dir
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_relative_folder_is_below_where_the_program_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(Path("data"), LEDGER_DIR="books").data_dir == tmp_path / "data"
    assert read(Path("data"), LEDGER_DIR="books").ledger_dir == tmp_path / "books"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DATA_DIR", "/proc/self", "不能在文件夹 /proc/self 里写入"),
        ("DATA_DIR", "/proc/nowhere/data", "不能在文件夹"),
        ("DATA_DIR", __file__, "是文件，不是文件夹"),
        ("DATABASE_URL", "office.db", "只支持 SQLite"),
        ("DATABASE_URL", "mysql://root@localhost/office", "只支持 SQLite"),
        ("DATABASE_URL", "postgres://office@localhost/office", "只支持 SQLite"),
        ("DATABASE_URL", "postgresql+psycopg2://office@localhost/office", "只支持 SQLite"),
        ("DATABASE_URL", "sqlite://", "没有写数据库的文件名"),
        ("DATABASE_URL", "sqlite:///:memory:", "没有写数据库的文件名"),
        ("DATABASE_URL", "postgresql://localhost", "没有写数据库的文件名或库名"),
        ("DATABASE_URL", "postgresql://localhost:55432x/office", "端口不是数字"),
        ("SECRET_KEY", "k" * (MIN_SECRET_LENGTH - 1), f"至少 {MIN_SECRET_LENGTH} 个字符"),
        ("PUBLIC_URL", "bangban.example.cn", "应以 http:// 或 https:// 开头"),
        ("PUBLIC_URL", "ftp://bangban.example.cn", "应以 http:// 或 https:// 开头"),
        ("PUBLIC_URL", "https://", "应以 http:// 或 https:// 开头"),
        ("HOST", "http://0.0.0.0", "应是本机的地址或主机名"),
        ("HOST", "0.0.0.0 ", "应是本机的地址或主机名"),
        ("PORT", "http", "应是 1 到 65535 的整数"),
        ("PORT", "0", "应是 1 到 65535 的整数"),
        ("PORT", "65536", "应是 1 到 65535 的整数"),
        ("PORT", "-1", "应是 1 到 65535 的整数"),
        ("PORT", "８０", "应是 1 到 65535 的整数"),
        ("TRUSTED_PROXY", "proxy.office", "应是反向代理的 IP 地址"),
        ("LEDGER_DIR", __file__, "是文件，不是文件夹"),
    ],
)
def test_a_bad_value_is_refused_with_one_sentence(tmp_path: Path, name: str, value: str, told: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read_settings({"DATA_DIR": str(tmp_path), name: value})
    sentence = str(refused.value)
    assert sentence.startswith(f"环境变量 {name} 不对：")
    assert told in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql+psycopg://office@/office?host=/run/postgresql"),
        ("DATABASE_URL", "postgresql://office:secret@db.office:5433/office"),
        ("SECRET_KEY", "k" * MIN_SECRET_LENGTH),
        ("PUBLIC_URL", "https://bangban.example.cn/"),
        ("HOST", "::"),
        ("PORT", "1"),
        ("PORT", "65535"),
        ("TRUSTED_PROXY", "10.0.0.7"),
        ("TRUSTED_PROXY", "*"),
        ("LEDGER_DIR", "/nowhere/yet"),
        ("DEMO_PASSWORD", "Demo-pass-2026"),
    ],
)
def test_a_good_value_is_taken_as_it_is(tmp_path: Path, name: str, value: str) -> None:
    assert str(getattr(read_settings({"DATA_DIR": str(tmp_path), name: value}), name.lower())) == value


def test_the_own_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = read(tmp_path).signing_key()
    assert len(first) >= MIN_SECRET_LENGTH
    assert read(tmp_path).signing_key() == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert read(tmp_path, SECRET_KEY="k" * 40).signing_key() == "k" * 40


def test_a_key_file_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("short")
    with pytest.raises(BadSetting, match="不足"):
        read(tmp_path).signing_key()


@pytest.mark.parametrize(("url", "secure"), [("https://a.cn", True), ("http://a.cn", False), ("", False)])
def test_cookies_travel_over_https_only_when_the_site_is_reached_so(tmp_path: Path, url: str, secure: bool) -> None:
    app = create_app(read(tmp_path, PUBLIC_URL=url))
    assert app.config["SESSION_COOKIE_SECURE"] is secure
    assert app.config["SESSION_COOKIE_NAME"] == ("__Host-session" if secure else "session")


def program(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python app.py …` in a process of its own."""
    return subprocess.run(
        [sys.executable, "app.py", *words],
        cwd=PROGRAM,
        env=child_environment(only=("PATH", "LANG"), **environment),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_program_starts_with_a_sentence_instead_of_a_traceback(tmp_path: Path) -> None:
    done = program("run", DATA_DIR=str(tmp_path), PORT="eighty")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "环境变量 PORT 不对：应是 1 到 65535 的整数\n")
    assert list(tmp_path.iterdir()) == []


def test_the_version_is_told_whatever_the_settings_are() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", program_version())
    done = program("--version", PORT="eighty")
    assert done.stdout == f"帮办代办管理后台 {program_version()}\n"
