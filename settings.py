"""The settings of an installation: every environment variable that the program reads, read here only.

`README.md` has the same table for people; `tests/test_settings.py` compares the two.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

#: Folder of the program.
PROGRAM = Path(__file__).parent
MIN_SECRET_LENGTH = 32
MAX_PORT = 65_535
#: Beginnings of a database URL: the engines we support, with the drivers of requirements.txt.
DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")


class BadSetting(Exception):
    """An environment variable has a value the program cannot work with; str(error) is one Chinese sentence."""


def _folder(text: str) -> Path:
    """A folder the program can write in; it is created when it does not exist."""
    path = Path(text).absolute()
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path} 是文件，不是文件夹")
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise ValueError(f"不能在文件夹 {path} 里写入（{error.strerror}）") from error
    return path


def _target_folder(text: str) -> Path | None:
    """A folder that may be out of reach at the start: a share that comes back later."""
    if not text:
        return None
    path = Path(text).absolute()
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path} 是文件，不是文件夹")
    return path


def _database_url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in DATABASES:
        raise ValueError("只支持 SQLite（sqlite:///文件）和 PostgreSQL（postgresql+psycopg://用户@主机/库名）")
    if url.path.strip("/") in ("", ":memory:"):
        raise ValueError("没有写数据库的文件名或库名")
    try:
        url.port  # noqa: B018 # reading it checks it
    except ValueError as error:
        raise ValueError("端口不是数字，或超出范围") from error
    return text


def _secret_key(text: str) -> str | None:
    if text and len(text) < MIN_SECRET_LENGTH:
        raise ValueError(f"至少 {MIN_SECRET_LENGTH} 个字符；不设置则自动生成并保存在数据目录")
    return text or None


def _public_url(text: str) -> str | None:
    url = urlsplit(text)
    if text and (url.scheme not in ("http", "https") or not url.netloc):
        raise ValueError("应以 http:// 或 https:// 开头，后面是网站的域名")
    return text or None


def _host(text: str) -> str:
    if re.search(r"[\s/]", text):
        raise ValueError("应是本机的地址或主机名，如 0.0.0.0，不含空格和斜杠")
    return text


def _port(text: str) -> int:
    # str.isdigit() also accepts digits that int() does not.
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= MAX_PORT:
        raise ValueError(f"应是 1 到 {MAX_PORT} 的整数")
    return int(text)


def _proxy(text: str) -> str | None:
    if text and text != "*":
        try:
            ipaddress.ip_address(text)
        except ValueError as error:
            raise ValueError("应是反向代理的 IP 地址，或 *") from error
    return text or None


def _about(meaning: str, parse: Callable[[str], Any], default: str = "") -> dict[str, Any]:
    """What `read_settings()` and the table in README need to know of a setting.

    `parse` gets the text of the variable, or `default` when it is unset or empty. It returns the
    value, or raises `ValueError` with a Chinese sentence. `{program}` in `default` is the folder of
    the program, `{data_dir}` the value of DATA_DIR.
    """
    return {"meaning": meaning, "parse": parse, "default": default}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where data is kept and how the site is reached. Made by `read_settings()`.

    The variable of a field is its name in capitals.
    """

    data_dir: Path = field(
        metadata=_about(
            "folder of the database, attachments, exports and the generated secret key; created if missing",
            _folder,
            "{program}/instance",
        )
    )
    database_url: str = field(
        metadata=_about(
            "the database: a SQLite file, or `postgresql+psycopg://user@host/name`",
            _database_url,
            "sqlite:///{data_dir}/office.db",
        )
    )
    secret_key: str | None = field(
        metadata=_about(
            f"signs cookies and forms, at least {MIN_SECRET_LENGTH} characters, the same in every web process; "
            "generated and kept in DATA_DIR when unset",
            _secret_key,
        )
    )
    public_url: str | None = field(
        metadata=_about("address that users type; with `https://` cookies travel over https only", _public_url)
    )
    host: str = field(
        metadata=_about("address the web server listens on; `0.0.0.0` for the whole network", _host, "127.0.0.1")
    )
    port: int = field(metadata=_about(f"port the web server listens on, 1 to {MAX_PORT}", _port, "8000"))
    trusted_proxy: str | None = field(
        metadata=_about("IP address of the reverse proxy whose forwarded addresses are believed; `*` for any", _proxy)
    )
    ledger_dir: Path | None = field(
        metadata=_about(
            "folder that gets a copy of every locked month's workbook; may be out of reach for a while",
            _target_folder,
        )
    )
    demo_password: str | None = field(
        metadata=_about(
            "password of all demo accounts, used at the first run; random ones when unset", lambda text: text or None
        )
    )

    @property
    def is_https(self) -> bool:
        """Whether users reach the site over https."""
        return (self.public_url or "").startswith("https://")

    def signing_key(self) -> str:
        """SECRET_KEY, or the installation's own key: generated once, kept in DATA_DIR."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret-key"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(48))
        key = path.read_text().strip()
        if len(key) < MIN_SECRET_LENGTH:
            raise BadSetting(f"{path} 里的密钥不足 {MIN_SECRET_LENGTH} 个字符；删除这个文件，启动时会重新生成")
        return key


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in `environment`; `BadSetting` names the first variable that is wrong."""
    found: dict[str, Any] = {}
    for each in fields(Settings):
        name = each.name.upper()
        default = each.metadata["default"].format(program=PROGRAM, **found)
        try:
            found[each.name] = each.metadata["parse"](environment.get(name) or default)
        except ValueError as error:
            raise BadSetting(f"环境变量 {name} 不对：{error}") from error
    return Settings(**found)


def child_environment(only: Collection[str] | None = None, **changed: str) -> dict[str, str]:
    """The environment of a process that we start: ours, or the variables in `only`, with `changed`."""
    kept = {name: value for name, value in os.environ.items() if only is None or name in only}
    return kept | changed


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    path.touch(0o600)
    path.chmod(0o600)
    path.write_text(text)


@cache
def program_version() -> str:
    """The version in pyproject.toml; the program is run from its folder, not installed."""
    version: str = tomllib.loads((PROGRAM / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return version
