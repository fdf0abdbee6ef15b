"""交接清单: the papers that a 基层政务服务站 hands over to the 综合窗口. Source: Z 四."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, CountyScoped, Versioned
from models.cases import ServiceCase
from models.fields import field
from models.people import User
from models.places import Window, WindowKind


class StationHandover(CountyScoped, Versioned, Base):
    """交接清单: one list of a station; the window receives it whole."""

    __tablename__ = "station_handover"
    __title__ = "交接清单"
    __when__ = "has_stations"
    __label__ = "station.name"
    __table_args__ = (CheckConstraint("received_on >= handed_on", name="received_after_handed"),)

    station_id: Mapped[int] = field(
        "基层政务服务站",
        ForeignKey("service_window.id"),
        index=True,
        filter=True,
        where={"kind": WindowKind.STATION},
        hide="form",
    )
    station: Mapped[Window] = relationship()
    handed_on: Mapped[date] = field("移交日期", filter=True, hide="form")
    handed_by: Mapped[str] = field("移交人", String(30), search=True, hide="form")
    handed_by_user_id: Mapped[int | None] = field("移交登记人", ForeignKey("user.id"), hide="form list")
    handed_by_user: Mapped[User | None] = relationship(foreign_keys=[handed_by_user_id])
    received_on: Mapped[date | None] = field("签收日期", filter=True, hide="form")
    received_by: Mapped[str | None] = field("签收人", String(30), search=True, hide="form")
    received_by_user_id: Mapped[int | None] = field("签收登记人", ForeignKey("user.id"), hide="form list")
    received_by_user: Mapped[User | None] = relationship(foreign_keys=[received_by_user_id])
    remark: Mapped[str | None] = field("备注", String(500), hide="form list", help="签收时发现缺少、不符的材料写在这里")
    lines: Mapped[list[StationHandoverLine]] = relationship(
        back_populates="handover", cascade="all, delete-orphan", order_by="StationHandoverLine.id"
    )

    def __str__(self) -> str:
        return f"{self.station.name} {self.handed_on}"


class StationHandoverLine(CountyScoped, Base):
    """One case of a list, with its papers as they were handed over."""

    __tablename__ = "station_handover_line"
    __title__ = "交接的办件"
    __label__ = "papers"
    __table_args__ = (UniqueConstraint("handover_id", "case_id"),)

    handover_id: Mapped[int] = field("交接清单", ForeignKey("station_handover.id"))
    handover: Mapped[StationHandover] = relationship(back_populates="lines")
    case_id: Mapped[int] = field("帮办代办件", ForeignKey("service_case.id"), index=True)
    case: Mapped[ServiceCase] = relationship()
    papers: Mapped[str] = field("移交的材料", String(500))
