"""Stored figures by code; a print record knows which paper it is of"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: The figures of version 1 in the order of its lists.
FIGURES = (
    "carried",
    "received",
    "closed",
    "terminated",
    "open",
    "overdue",
    "timely_rate",
    "average_days",
    "rated_rate",
    "satisfied_rate",
    "bad",
)
QUALITY_FIGURES = ("done", "due", "rate")
#: The lines of 覆盖与质量, which version 1 knew by their labels.
QUALITY = {
    "重点项目已分派": "key_projects_assigned",
    "重点企业已分派": "key_enterprises_assigned",
    "本月结束的件已归档": "ended_archived",
    "差评已整改": "bad_rectified",
    "差评已回访": "bad_revisited",
    "共性问题": "common_issues",
}
#: Titles of papers that no county's list names. {service}: the county's word for it.
TITLES = {
    "consultation": "接待咨询记录",
    "missing": "一次性告知书",
    "rejection": "不予受理告知书",
    "extension": "延期告知书",
    "urge": "督办单",
    "record": "{service}情况工作纪实",
    "posting": "邮寄记录",
    "termination": "{service}服务终止单",
}
MONTHS = sa.table("ledger_month", sa.column("id", sa.BigInteger()), sa.column("figures", sa.JSON(none_as_null=True)))
COUNTIES = sa.table("county", sa.column("id"), sa.column("service_word"))
OPTIONS = sa.table("county_option", *map(sa.column, ("county_id", "kind", "name", "meaning")))
PRINTS = sa.table("paper_print", *map(sa.column, ("county_id", "title", "paper")))


def upgrade() -> None:
    with op.batch_alter_table("paper_print") as batch_op:
        batch_op.add_column(sa.Column("paper", sa.String(length=20)))
    _name_prints()
    _convert(_by_code)


def downgrade() -> None:
    _convert(_by_position)
    with op.batch_alter_table("paper_print") as batch_op:
        batch_op.drop_column("paper")


def _name_prints() -> None:
    """Find the paper of each print record by the title it has in its county now; a former title stays unknown."""
    connection = op.get_bind()
    of_lists = sa.select(OPTIONS.c.county_id, OPTIONS.c.name, OPTIONS.c.meaning).where(
        OPTIONS.c.kind == "paper", OPTIONS.c.meaning.is_not(None), OPTIONS.c.meaning != "ledger"
    )
    found = [
        (county, title.format(service=word), paper)
        for county, word in connection.execute(sa.select(COUNTIES.c.id, COUNTIES.c.service_word)).all()
        for paper, title in TITLES.items()
    ]
    for county, title, paper in (*found, *connection.execute(of_lists).all()):
        named = PRINTS.c.county_id == county, PRINTS.c.title == title
        connection.execute(sa.update(PRINTS).where(*named).values(paper=paper))


def _convert(convert: Any) -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.select(MONTHS.c.id, MONTHS.c.figures).where(MONTHS.c.figures.is_not(None))).all()
    for id_, stored in rows:
        connection.execute(sa.update(MONTHS).where(MONTHS.c.id == id_).values(figures=convert(stored)))


def _by_code(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "version": 2,
        "total": _named(FIGURES, stored["total"]),
        "groups": {
            group: {who: _named(FIGURES, line) for who, line in of.items()} for group, of in stored["groups"].items()
        },
        "quality": {QUALITY.get(label, label): _named(QUALITY_FIGURES, line) for label, line in stored["quality"]},
    }


def _named(codes: Iterable[str], line: Iterable[Any]) -> dict[str, Any]:
    return dict(zip(codes, line, strict=False))


def _by_position(stored: Mapping[str, Any]) -> dict[str, Any]:
    labels = {code: label for label, code in QUALITY.items()}
    return {
        "total": _listed(FIGURES, stored["total"]),
        "groups": {
            group: {who: _listed(FIGURES, line) for who, line in of.items()} for group, of in stored["groups"].items()
        },
        "quality": [
            [labels.get(code, code), _listed(QUALITY_FIGURES, line)] for code, line in stored["quality"].items()
        ],
    }


def _listed(codes: Iterable[str], line: Mapping[str, Any]) -> list[Any]:
    return [line.get(code) for code in codes]
