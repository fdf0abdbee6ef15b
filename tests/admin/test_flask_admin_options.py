"""Every option and method of Flask-Admin is honoured, which a test shows over HTTP, or refused by its name.

The list is Flask-Admin's own: an option that a new version brings makes `test_nothing_is_ignored` fail until it is
honoured, with a test, or refused in `admin.options.REFUSED`.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import flask_admin
import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from flask_admin import expose
from flask_admin._backwards import ObsoleteAttr
from flask_admin.actions import action
from flask_admin.model import BaseModelView
from flask_admin.model.template import macro
from flask_login import current_user
from jinja2 import ChoiceLoader, DictLoader
from markupsafe import Markup
from sqlalchemy import Engine, ForeignKey, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from admin.actions import Action
from admin.base import BackOfficeView
from admin.forms import BackOfficeForm
from admin.options import REFUSED
from models.base import Versioned
from models.fields import field
from models.people import Role
from models.types import Money
from services.kernel import access
from services.kernel.accounts import hash_password
from services.kernel.actor import SYSTEM
from services.kernel.transaction import working
from services.transfer import exports
from tests.admin.conftest import app_of, form_of, log_in
from tests.factories import make_county, make_user

PASSWORD = "Conformance-2026"
VERBS = ("read", "create", "edit", "delete", "export")


class ThrowAway(DeclarativeBase):
    """A registry of the test's own."""

    __audited__: ClassVar[bool] = False


class Plot(ThrowAway):
    """What a record may refer to."""

    __tablename__ = "plot"
    __title__ = "地块"
    __label__ = "name"
    __hint__ = None

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = field("名称", String(40), search=True)


class Garden(Versioned, ThrowAway):
    """A table with a column of each kind that the options are about."""

    __tablename__ = "garden"
    __title__ = "园地"
    __label__ = "name"
    __hint__ = None

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = field("名称", String(40), search=True)
    grant: Mapped[Any] = field("补助", Money, nullable=True)
    since: Mapped[date | None] = field("起始", group="其他")
    phone: Mapped[str | None] = field("电话", String(20), sensitive=True)
    remark: Mapped[str | None] = field("备注", String(80))
    plot_id: Mapped[int | None] = field("所在地块", ForeignKey("plot.id"))
    plot: Mapped[Plot | None] = relationship()


ROWS = (
    {"name": "甲园", "grant": 3, "since": date(2026, 1, 2), "phone": "13903910001", "remark": "靠路"},
    {"name": "乙园", "grant": 2, "since": date(2026, 3, 4), "phone": "13903910002", "remark": "靠河"},
    {"name": "丙园", "grant": 1, "since": date(2026, 2, 3), "phone": "13903910003", "remark": "靠山"},
)

Site = Callable[..., FlaskClient]

#: Names that a test below shows to have their effect.
HONOURED: set[str] = set()


def honours(*names: str) -> Callable[[Any], Any]:
    """Marks the test that shows the effect of these options."""
    HONOURED.update(names)
    return lambda test: test


@pytest.fixture(scope="module")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def granted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`granted("read", …)`: what access.py grants the lead office on the throw-away table."""

    def grant(*verbs: str) -> None:
        ours = {f"garden.{w}": frozenset({Role.LEAD_OFFICE} if w in verbs else ()) for w in VERBS}
        monkeypatch.setattr(access, "PERMISSIONS", {**access.PERMISSIONS, **ours})

    grant(*VERBS)
    known = exports.tables()
    monkeypatch.setattr(exports, "tables", lambda: {**known, "garden": Garden})
    return grant


@pytest.fixture
def site(
    sqlite_engine: Engine, tmp_path: Path, password_hash: str, granted: Callable[..., None]
) -> Callable[..., FlaskClient]:
    """`site(can_edit=False, …)`: the lead office's client of a program with a view that sets these names."""

    def opened(*, templates: dict[str, str] | None = None, view: type[Any] | None = None, **body: Any) -> FlaskClient:
        ThrowAway.metadata.create_all(sqlite_engine)
        with working(sqlite_engine, SYSTEM) as session:
            county = make_county(session)
            make_user(session, Role.LEAD_OFFICE, county_id=county.id, username="boss", password_hash=password_hash)
            session.add_all(Garden(**values) for values in ROWS)
        app = app_of(sqlite_engine, tmp_path)
        assert app.jinja_loader is not None
        app.jinja_loader = ChoiceLoader([DictLoader(templates or {}), app.jinja_loader])
        made = view or type("GardenView", (BackOfficeView,), body)
        app.extensions["admin"][0].add_view(made(Garden, category="基础数据"))
        client = app.test_client()
        assert log_in(client, "boss", PASSWORD) == 302
        return client

    return opened


def listed(client: FlaskClient, query: str = "") -> str:
    """The table of the list."""
    page = client.get(f"/admin/garden/{query}").text
    return page[page.index('<table class="list"') : page.index("</table>")] if "<table" in page else page


def headers(client: FlaskClient, query: str = "") -> list[str]:
    """The headings of the list."""
    cells = re.findall(r"<th.*?>(.*?)</th>", listed(client, query), re.S)
    return [re.sub("<[^>]*>", "", cell).strip() for cell in cells]


def names(client: FlaskClient, query: str = "") -> list[str]:
    """The names in the order of the list."""
    return re.findall("[甲乙丙]园", re.sub(' title="[^"]*"| aria-label="[^"]*"', "", listed(client, query)))


def sheet(client: FlaskClient, query: str = "") -> list[list[str]]:
    """The rows of the CSV export."""
    with client.get(f"/admin/garden/export/csv/{query}") as answer:
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def fields(client: FlaskClient, address: str = "/admin/garden/new/") -> list[str]:
    """The names of the boxes of a form, in their order."""
    page = client.get(address).text
    found = re.findall(
        r'<(?:input|textarea|select)[^>]* name="(\w+)"', page[page.index('<form method="post" class="record"') :]
    )
    return [name for name in found if not name.startswith("_") and name != "csrf_token"]


def send(client: FlaskClient, address: str, **values: str) -> Any:
    """The form at `address`, filled in as it stands and with `values`."""
    kept = {"name": "丁园"} if "/new/" in address else {}
    return client.post(address, data=form_of(client, address) | kept | values)


def stored(client: FlaskClient, name: str) -> Any:
    """(name, remark) of a row, read anew."""
    app: Flask = client.application
    with app.extensions["engine"].connect() as connection:
        return connection.execute(select(Garden.name, Garden.remark).where(Garden.name == name)).first()


# The complete list.


def test_nothing_is_ignored() -> None:
    documented = {name for name in dir(BaseModelView) if not name.startswith("_")}
    assert documented - REFUSED.keys() == HONOURED
    assert not REFUSED.keys() & HONOURED
    old = {value.old_name for value in vars(BaseModelView).values() if isinstance(value, ObsoleteAttr)}
    assert old <= REFUSED.keys()


def test_options_of_its_own_database_views_are_refused_too() -> None:
    """Read from their source: they cannot be imported without Flask-SQLAlchemy."""
    source = (Path(flask_admin.__file__).parent / "contrib/sqla/view.py").read_text()
    view = next(n for n in ast.parse(source).body if isinstance(n, ast.ClassDef) and n.name == "ModelView")
    found = {node.name for node in view.body if isinstance(node, ast.FunctionDef)}
    for node in view.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    public = {name for name in found if not name.startswith("_")}
    assert {"get_query", "inline_models"} <= public
    assert public <= REFUSED.keys() | HONOURED


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_an_option_without_effect_is_refused_with_what_to_use_instead(name: str) -> None:
    with pytest.raises(TypeError, match=rf"Wrong\.{name} has no effect: {re.escape(REFUSED[name])}"):
        type("Wrong", (BackOfficeView,), {name: ()})
    mixin = type("Mixin", (), {name: lambda self: None})
    with pytest.raises(TypeError, match=name):
        type("Wrong", (mixin, BackOfficeView), {})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"column_exlude_list": ["name"]}, "neither Flask-Admin nor BackOfficeView"),
        ({"column_list": property(lambda self: ["name"])}, "give it a plain value"),
        ({"export_types": ["json"]}, "xlsx and csv"),
        ({"column_default_sort": [("name", True), ("since", False)]}, "one column"),
        ({"column_formatters": {"name": macro("shown")}}, "macros"),
        ({"approve": action("approve", "Approve")(lambda self, ids: None)}, "form_actions"),
        ({"form_base_class": StringField}, "BackOfficeForm"),
        ({"page_size": 0}, "page"),
    ],
)
def test_a_value_that_cannot_be_honoured_is_refused(body: dict[str, Any], reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        type("Wrong", (BackOfficeView,), body)


@pytest.mark.parametrize(
    "body",
    [
        {"column_list": ["name", "colour"]},
        {"column_list": ["name"], "column_exclude_list": ["name"]},
        {"column_details_exclude_list": ["colour"]},
        {"column_sortable_list": ["plot"]},
        {"column_default_sort": "colour"},
        {"column_formatters": {"colour": str}},
        {"form_columns": ["colour"]},
        {"form_args": {"colour": {}}},
        {"form_widget_args": {"plot": {"disabled": True}}},
        {"form_overrides": {"plot": StringField}},
        {"form_extra_fields": {"name": StringField()}},
    ],
)
def test_a_column_that_an_option_cannot_mean_is_refused(site: Site, body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Wrong"):
        type("Wrong", (BackOfficeView,), body)(Garden)


def test_a_session_is_refused() -> None:
    with pytest.raises(TypeError, match="takes no session"):
        BackOfficeView(Garden, object())  # type: ignore[arg-type]


# What the user may do.


@honours("can_create")
def test_can_create(site: Site) -> None:
    client = site(can_create=False)
    assert "新增" not in client.get("/admin/garden/").text
    assert client.get("/admin/garden/new/").status_code == 403


@honours("can_edit")
def test_can_edit(site: Site) -> None:
    client = site(can_edit=False)
    assert "编辑" not in client.get("/admin/garden/").text + client.get("/admin/garden/details/?id=1").text
    assert client.get("/admin/garden/edit/?id=1").status_code == 403


@honours("can_delete")
def test_can_delete(site: Site) -> None:
    client = site(can_delete=False)
    assert "删除" not in client.get("/admin/garden/").text + client.get("/admin/garden/details/?id=1").text
    assert client.get("/admin/garden/delete/?id=1").status_code == 403


@honours("can_export")
def test_can_export(site: Site) -> None:
    client = site(can_export=False)
    assert "/garden/export/" not in client.get("/admin/garden/").text
    assert client.get("/admin/garden/export/csv/").status_code == 403


@honours("can_view_details")
def test_can_view_details(site: Site) -> None:
    client = site(can_view_details=False)
    page = client.get("/admin/garden/").text
    assert "/details/" not in page
    assert '<a href="/admin/garden/edit/?id=1">甲园</a>' in page
    assert client.get("/admin/garden/details/?id=1").status_code == 404
    assert send(client, "/admin/garden/new/").headers["Location"] == "/admin/garden/"
    assert "/details/" not in client.get("/admin/garden/delete/?id=1").text


def test_a_switch_may_depend_on_the_user(site: Site) -> None:
    client = site(can_edit=property(lambda self: current_user.user.username != "boss"))
    assert client.get("/admin/garden/edit/?id=1").status_code == 403


def test_a_view_cannot_give_what_the_permissions_refuse(site: Site, granted: Callable[..., None]) -> None:
    granted()
    client = site(can_create=True, can_edit=True, can_delete=True, can_export=True, is_accessible=lambda self: True)
    for place in ("", "new/", "edit/?id=1", "details/?id=1", "delete/?id=1", "export/csv/"):
        assert client.get(f"/admin/garden/{place}").status_code == 403
    assert "甲园" not in client.get("/admin/").text
    granted("read")
    for place in ("new/", "edit/?id=1", "delete/?id=1", "export/csv/"):
        assert client.get(f"/admin/garden/{place}").status_code == 403


@honours("is_accessible", "inaccessible_callback")
def test_is_accessible(site: Site) -> None:
    client = site(is_accessible=lambda self: False, inaccessible_callback=lambda self, name, **more: f"not {name}")
    assert client.get("/admin/garden/").text == "not index_view"
    assert "园地" not in client.get("/admin/").text


@honours("is_visible")
def test_is_visible(site: Site) -> None:
    client = site(is_visible=lambda self: False)
    assert "园地" not in client.get("/admin/").text
    assert client.get("/admin/garden/").status_code == 200


# The list, the record's page, the export.


@honours("column_list")
def test_column_list(site: Site) -> None:
    assert headers(site(column_list=("name", Garden.since, "plot"))) == ["名称", "起始", "所在地块", "操作"]


@honours("column_exclude_list")
def test_column_exclude_list(site: Site) -> None:
    client = site(column_exclude_list=["grant", "phone"])
    assert headers(client) == ["名称", "起始", "备注", "所在地块", "操作"]
    assert headers(client, "?columns=grant,since") == ["名称", "起始", "操作"]
    assert "补助" not in client.get("/admin/garden/").text
    assert "补助" in client.get("/admin/garden/details/?id=1").text


@honours("column_details_list", "column_details_exclude_list")
def test_column_details(site: Site) -> None:
    page = site(column_details_list=["since", "name", "grant"], column_details_exclude_list=["grant"])
    labels = re.findall("<dt>(.*?)</dt>", page.get("/admin/garden/details/?id=1").text)
    assert labels == ["起始", "名称"]


@honours("column_export_list", "column_export_exclude_list")
def test_column_export(site: Site) -> None:
    client = site(column_export_list=["name", "grant", "phone"], column_export_exclude_list=["phone"])
    header = next(row for row in sheet(client) if "名称" in row)
    assert [name for name in header if name != "序号"] == ["名称", "补助"]
    shown = next(row for row in sheet(client, "?shown=1") if "名称" in row)
    assert [name for name in shown if name != "序号"] == ["名称", "补助"]


@honours("column_formatters")
def test_column_formatters(site: Site) -> None:
    formatters = {
        "grant": lambda view, context, model, name: model.grant * 2,
        "name": lambda view, context, model, name: Markup("<b>{}</b>").format(model.name),
        "remark": lambda view, context, model, name: "<i>",
        "phone": lambda view, context, model, name: model.phone,
    }
    client = site(column_formatters=formatters)
    for page in (listed(client), client.get("/admin/garden/details/?id=1").text):
        assert "6.00" in page
        assert "<b>甲园</b>" in page
        assert "&lt;i&gt;" in page
        assert "13903910001" in page


def test_a_formatter_does_not_unmask(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "SEES_PHONES", frozenset())
    client = site(column_formatters={"phone": lambda view, context, model, name: model.phone})
    assert "13903910001" not in listed(client) + client.get("/admin/garden/details/?id=1").text


@honours("column_formatters_detail")
def test_column_formatters_detail(site: Site) -> None:
    client = site(column_formatters_detail={"grant": lambda view, context, model, name: "三元"})
    assert "三元" in client.get("/admin/garden/details/?id=1").text
    assert "三元" not in listed(client)


@honours("column_sortable_list")
def test_column_sortable_list(site: Site) -> None:
    client = site(column_sortable_list=["grant"], column_default_sort=("since", False))
    assert re.findall(r"sort=(\w+)", listed(client)) == ["grant"]
    assert names(client, "?sort=grant") == ["丙园", "乙园", "甲园"]
    assert names(client, "?sort=name") == ["甲园", "丙园", "乙园"]


@honours("is_sortable")
def test_is_sortable(site: Site) -> None:
    assert "sort=" not in listed(site(is_sortable=lambda self, name: False))


@honours("column_default_sort")
@pytest.mark.parametrize(
    ("given", "order"),
    [
        ("since", ["甲园", "丙园", "乙园"]),
        (("since", True), ["乙园", "丙园", "甲园"]),
        ([("grant", False)], ["丙园", "乙园", "甲园"]),
        ((Garden.grant, False), ["丙园", "乙园", "甲园"]),
    ],
)
def test_column_default_sort(site: Site, given: Any, order: list[str]) -> None:
    client = site(column_default_sort=given)
    assert names(client) == order
    assert [name for row in sheet(client) for name in row if name.endswith("园")] == order


@honours("column_display_actions")
def test_column_display_actions(site: Site) -> None:
    client = site(column_display_actions=False)
    assert "操作" not in headers(client)
    assert 'class="ops"' not in listed(client)


@honours("page_size", "can_set_page_size", "get_safe_page_size")
def test_page_size(site: Site) -> None:
    client = site(page_size=2, can_set_page_size=False)
    assert len(names(client)) == len(names(client, "?page_size=50")) == 2
    assert len(names(client, "?page=2")) == 1
    assert 'class="sizes"' not in client.get("/admin/garden/").text


def test_get_safe_page_size(site: Site) -> None:
    assert len(names(site(get_safe_page_size=lambda self, asked: 1))) == 1


@honours("page_size_options")
def test_page_size_options(site: Site) -> None:
    client = site(page_size=1, page_size_options=(1, 2, 3))
    sizes = re.search('class="sizes">(.*?)</span>', client.get("/admin/garden/").text, re.S)
    assert sizes is not None
    assert re.findall(r">(\d+)<", sizes[1]) == ["1", "2", "3"]
    assert [len(names(client, f"?page_size={size}")) for size in (2, 3, 20)] == [2, 3, 1]


@honours("get_empty_list_message")
def test_get_empty_list_message(site: Site) -> None:
    client = site(get_empty_list_message=lambda self: "园子还空着。")
    for id_ in (1, 2, 3):
        send(client, f"/admin/garden/delete/?id={id_}", _confirmed="1", id=str(id_))
    assert "园子还空着。" in client.get("/admin/garden/").text


@honours("export_types")
def test_export_types(site: Site) -> None:
    client = site(export_types=["csv"])
    page = client.get("/admin/garden/").text
    assert "/export/csv/" in page
    assert "/export/xlsx/" not in page
    assert client.get("/admin/garden/export/xlsx/").status_code == 404


@honours("get_one")
def test_get_one(site: Site) -> None:
    class View(BackOfficeView):
        def get_one(self, id: Any) -> Any:
            return super().get_one(2)

    assert "乙园" in site(view=View).get("/admin/garden/details/?id=1").text


@honours("list_template", "create_template", "edit_template", "details_template")
def test_templates(site: Site) -> None:
    places = {"list": "", "create": "new/", "edit": "edit/?id=1", "details": "details/?id=1"}
    templates = {f"own_{name}.html": f"my {name} page" for name in places}
    client = site(templates=templates, **{f"{name}_template": f"own_{name}.html" for name in places})
    for name, place in places.items():
        assert client.get(f"/admin/garden/{place}").text == f"my {name} page"


@honours("extra_css", "extra_js")
def test_extra_files(site: Site) -> None:
    page = site(extra_css=["/static/own.css"], extra_js=["/static/own.js"]).get("/admin/garden/").text
    assert '<link rel="stylesheet" href="/static/own.css">' in page
    assert '<script src="/static/own.js" defer></script>' in page


@honours("render")
def test_render(site: Site) -> None:
    class View(BackOfficeView):
        def render(self, template: str, **kwargs: Any) -> str:
            return f"{template} of {kwargs['count']}"

    assert site(view=View).get("/admin/garden/").text == "list.html of 3"


@honours("create_blueprint")
def test_create_blueprint(site: Site) -> None:
    class View(BackOfficeView):
        def create_blueprint(self, admin: Any) -> Any:
            blueprint = super().create_blueprint(admin)
            blueprint.add_url_rule("/extra/", "extra", lambda: "an address more")
            return blueprint

    assert site(view=View).get("/admin/garden/extra/").text == "an address more"


PAGES = {
    "index_view": ("/", ""),
    "create_view": ("/new/", "new/"),
    "edit_view": ("/edit/", "edit/"),
    "details_view": ("/details/", "details/"),
    "delete_view": ("/delete/", "delete/"),
    "action_view": ("/action/", "action/"),
    "ajax_lookup": ("/ajax/lookup/", "ajax/lookup/"),
    "export": ("/export/<export_type>/", "export/csv/"),
}


@honours(*PAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_may_be_replaced(site: Site, name: str) -> None:
    rule, place = PAGES[name]
    client = site(**{name: expose(rule)(lambda self, **more: f"my {name}")})
    assert client.get(f"/admin/garden/{place}").text == f"my {name}"


# Forms.


@honours("form_columns")
def test_form_columns(site: Site) -> None:
    client = site(form_columns=["since", Garden.name, "nickname"], form_extra_fields={"nickname": StringField("小名")})
    assert fields(client) == ["since", "name", "nickname"] or fields(client) == ["since", "nickname", "name"]
    send(client, "/admin/garden/new/", remark="不该写入")
    assert stored(client, "丁园").remark is None


@honours("form_excluded_columns")
def test_form_excluded_columns(site: Site) -> None:
    assert fields(site(form_excluded_columns=["grant", "plot"])) == ["name", "since", "phone", "remark"]


@honours("form_args")
def test_form_args(site: Site) -> None:
    args = {"remark": {"label": "附记", "description": "最多三字", "default": "无", "validators": [Length(max=3)]}}
    client = site(form_args=args)
    page = client.get("/admin/garden/new/").text
    assert "附记" in page
    assert "最多三字" in page
    assert 'value="无"' in page
    assert send(client, "/admin/garden/new/", remark="四个字的").status_code == 400
    assert send(client, "/admin/garden/new/", remark="三个字").status_code == 302
    assert send(client, "/admin/garden/new/", name="园" * 41).status_code == 400


@honours("form_overrides")
def test_form_overrides(site: Site) -> None:
    client = site(form_overrides={"remark": TextAreaField, "grant": StringField})
    assert re.search(r'<textarea[^>]* name="remark"', client.get("/admin/garden/new/").text)
    assert re.search(r'<input[^>]* name="grant"[^>]* type="text"', client.get("/admin/garden/new/").text)


@honours("form_widget_args")
def test_form_widget_args(site: Site) -> None:
    page = site(form_widget_args={"remark": {"disabled": True, "data-own": "1"}}).get("/admin/garden/edit/?id=1").text
    box = re.search(r'<input[^>]*name="remark"[^>]*>', page)
    assert box is not None
    assert "disabled" in box[0]
    assert 'data-own="1"' in box[0]


@honours("form_extra_fields", "on_model_change")
def test_form_extra_fields(site: Site) -> None:
    def note(view: Any, form: Any, model: Garden, is_created: bool) -> None:
        model.remark = f"{form.nickname.data} {is_created}"

    client = site(form_extra_fields={"nickname": StringField("小名")}, on_model_change=note)
    send(client, "/admin/garden/new/", nickname="小丁")
    assert stored(client, "丁园").remark == "小丁 True"
    send(client, "/admin/garden/edit/?id=1", name="甲园", nickname="小甲")
    assert stored(client, "甲园").remark == "小甲 False"


def test_what_on_model_change_refuses_is_not_saved(site: Site) -> None:
    def refuse(view: Any, form: Any, model: Garden, is_created: bool) -> None:
        raise ValidationError("这一块不能登记")

    client = site(on_model_change=refuse)
    answer = send(client, "/admin/garden/new/")
    assert answer.status_code == 400
    assert "这一块不能登记" in answer.text
    assert stored(client, "丁园") is None


@honours("after_model_change", "after_model_delete")
def test_what_follows_a_change_runs_once_and_after_the_commit(site: Site) -> None:
    told: list[Any] = []

    def alive(name: str) -> bool:
        with current_app.extensions["engine"].connect() as connection:
            return connection.scalar(select(Garden.id).where(Garden.name == name)) is not None

    client = site(
        after_model_change=lambda view, form, model, is_created: told.append((is_created, alive("丁园"))),
        after_model_delete=lambda view, model: told.append(alive("甲园")),
    )
    form = form_of(client, "/admin/garden/new/") | {"name": "丁园"}
    for _ in range(2):
        assert client.post("/admin/garden/new/", data=form).status_code == 302
    send(client, "/admin/garden/delete/?id=1", _confirmed="1", id="1")
    assert told == [(True, True), False]


@honours("on_model_delete")
def test_on_model_delete(site: Site) -> None:
    def refuse(view: Any, model: Garden) -> None:
        if model.name == "甲园":
            raise ValidationError("甲园要留着")

    client = site(on_model_delete=refuse)
    refused = send(client, "/admin/garden/delete/?id=1", _confirmed="1", id="1")
    assert refused.status_code == 409
    assert "甲园要留着" in refused.text
    assert send(client, "/admin/garden/delete/?id=2", _confirmed="1", id="2").status_code == 302
    assert sorted(names(client)) == ["丙园", "甲园"]


@honours("on_form_prefill")
def test_on_form_prefill(site: Site) -> None:
    def fill(view: Any, form: Any, id: Any) -> None:
        form.remark.data = f"第 {id} 号"

    client = site(on_form_prefill=fill)
    assert 'value="第 1 号"' in client.get("/admin/garden/edit/?id=1").text
    assert send(client, "/admin/garden/edit/?id=1", name="甲园", remark="改过").status_code == 302
    assert stored(client, "甲园").remark == "改过"


@honours("create_form", "edit_form")
def test_create_form_and_edit_form(site: Site) -> None:
    class View(BackOfficeView):
        def create_form(self, obj: Any = None) -> Any:
            form = super().create_form(obj)
            form.remark.description = "新的一块"
            return form

        def edit_form(self, obj: Any = None) -> Any:
            form = super().edit_form(obj)
            form.remark.description = f"{obj.name}的备注"
            return form

    client = site(view=View)
    assert "新的一块" in client.get("/admin/garden/new/").text
    assert "甲园的备注" in client.get("/admin/garden/edit/?id=1").text


@honours("validate_form")
def test_validate_form(site: Site) -> None:
    class View(BackOfficeView):
        def validate_form(self, form: Any) -> bool:
            return super().validate_form(form) and form.name.data != "丁园"

    client = site(view=View)
    send(client, "/admin/garden/new/")
    send(client, "/admin/garden/new/", name="戊园")
    assert stored(client, "丁园") is None
    assert stored(client, "戊园") is not None


@honours("form_base_class")
def test_form_base_class(site: Site) -> None:
    class Sterner(BackOfficeForm):
        def validate(self, extra_validators: Any = None) -> bool:
            return False

    client = site(form_base_class=Sterner)
    send(client, "/admin/garden/new/")
    assert stored(client, "丁园") is None


@honours("get_save_return_url")
def test_get_save_return_url(site: Site) -> None:
    client = site(get_save_return_url=lambda self, model, is_created: f"/admin/?{model.name}={is_created}")
    assert "=True" in send(client, "/admin/garden/new/").headers["Location"]


class EmptyForm(BackOfficeForm):
    """Asks nothing."""


ACTIONS = tuple(Action(name, f"做{name}", "garden.edit", EmptyForm, lambda session, rows: None) for name in ("A", "B"))


@honours("action_disallowed_list")
def test_action_disallowed_list(site: Site) -> None:
    client = site(form_actions=ACTIONS, action_disallowed_list=["A"])
    page = client.get("/admin/garden/").text
    assert "做A" not in page
    assert "做B" in page
    assert client.get("/admin/garden/action/?action=A&rowid=1").status_code == 403


@honours("is_action_allowed")
def test_is_action_allowed(site: Site) -> None:
    client = site(form_actions=ACTIONS, is_action_allowed=lambda self, name: name == "A")
    assert client.get("/admin/garden/action/?action=A&rowid=1").status_code == 200
    assert client.get("/admin/garden/action/?action=B&rowid=1").status_code == 403


# Somebody who has read Flask-Admin's documentation and nothing of ours.


class MicroBlogModelView(BackOfficeView):
    """The quick start of Flask-Admin's documentation, with the columns of our table."""

    can_delete = False
    page_size = 50
    can_view_details = True
    can_export = True
    column_exclude_list = ["phone"]
    column_default_sort = ("name", True)
    column_formatters = {"grant": lambda v, c, m, p: m.grant * 2}
    form_excluded_columns = ["since", "plot"]
    form_args = {"name": {"label": "First Name", "validators": [Length(min=2)]}}
    form_widget_args = {"remark": {"rows": 10, "style": "color: black"}}
    form_extra_fields = {"password": StringField("Password")}

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated)

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        if is_created:
            model.remark = form.password.data[::-1]

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        return str(self.get_url(".details_view", id=model.id))


def test_a_view_from_flask_admins_documentation_works(site: Site) -> None:
    client = site(view=MicroBlogModelView)
    page = client.get("/admin/garden/").text
    assert "删除" not in page
    assert "电话" not in page
    assert "6.00" in page
    form = client.get("/admin/garden/new/").text
    assert "First Name" in form
    assert "Password" in form
    assert "起始" not in form
    assert send(client, "/admin/garden/new/", name="丁").status_code == 400
    made = send(client, "/admin/garden/new/", password="abc", grant="5")
    assert made.headers["Location"] == "/admin/garden/details/?id=4"
    assert "10" in client.get("/admin/garden/details/?id=4").text
    assert stored(client, "丁园").remark == "cba"
    assert [name for row in sheet(client) for name in row if name.endswith("园")] == ["甲园", "乙园", "丙园", "丁园"]
