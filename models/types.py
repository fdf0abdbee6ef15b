"""Column types and the labelled enums that columns share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Numeric, String
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.types import TypeDecorator, TypeEngine

#: Office hours are kept by this clock; stored times are UTC.
OFFICE_CLOCK = ZoneInfo("Asia/Shanghai")
#: A 64-bit key; INTEGER on SQLite, which numbers only that type automatically.
BigId = BigInteger().with_variant(Integer, "sqlite")


class Tone(StrEnum):
    """The colour of a tag: `.t-<tone>` in app.css."""

    PLAIN = "plain"
    INFO = "info"
    WARN = "warn"
    GOOD = "good"
    BAD = "bad"


class Labelled(StrEnum):
    """A choice: an English value in the database and in code, a Chinese label and a tone on the screen."""

    label: str
    tone: Tone

    def __new__(cls, value: str, label: str, tone: Tone = Tone.PLAIN) -> Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.tone = tone
        return member

    @classmethod
    def parse(cls, text: str) -> Self:
        """The member whose value is `text`; ValueError when there is none."""
        return cls(text)  # type: ignore[call-arg]  # mypy sees __new__, not the lookup


class Unit(Labelled):
    """What a number counts; the label stands behind it on screens and in workbooks."""

    DAYS = "days", "天"
    WORKING_DAYS = "working_days", "工作日"
    DAY_OF_MONTH = "day_of_month", "日"
    YUAN = "yuan", "元"
    WAN_YUAN = "wan_yuan", "万元"
    PEOPLE = "people", "人"
    COPIES = "copies", "份"
    ROWS = "rows", "行"
    BYTES = "bytes", "字节"


def choice(enum: type[Labelled], name: str | None = None) -> SqlEnum:
    """The column type of a labelled enum; the database holds the values to the list.

    `name` tells the CHECK constraints of two columns of one enum in one table apart.
    """
    return SqlEnum(
        enum,
        name=name or enum.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda e: [m.value for m in e],
    )


class Coded(TypeDecorator[Any]):
    """A column of codes with labels, without a CHECK: old rows may hold codes or words that no longer exist.

    These are read as plain text, so that old rows stay readable.
    """

    impl = String
    cache_ok = True

    def __init__(self, choices: type[Labelled], length: int) -> None:
        super().__init__(length)
        self.choices = choices

    @property
    def python_type(self) -> type[Any]:
        return self.choices

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return value.value if isinstance(value, Labelled) else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        try:
            return self.python_type(value)
        except ValueError:
            return value


class Money(TypeDecorator[Decimal]):
    """An amount in 万元 with two decimals; an integer of hundredths on SQLite, which has no decimals."""

    impl = Numeric(14, 2)
    cache_ok = True

    @property
    def python_type(self) -> type[Decimal]:
        return Decimal

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return BigInteger() if dialect.name == "sqlite" else Numeric(14, 2)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return int((Decimal(value) * 100).to_integral_value())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value) / 100 if dialect.name == "sqlite" else Decimal(value)


class Moment(TypeDecorator[datetime]):
    """A point in time, stored in UTC, always with its zone in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def day_in_words(day: date) -> str:
    """A day as papers write it: 2026年11月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def show(value: Any) -> str:
    """`value` as people read it: 是/否, labels, dates, money with separators, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Labelled):
        return value.label
    if isinstance(value, datetime):
        return value.astimezone(OFFICE_CLOCK).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value)
