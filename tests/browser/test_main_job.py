"""The issue's journey: key projects get their officers, items their liaisons, the month its ledger."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.kernel.months import default_month
from services.kernel.working_days import today
from tests.browser.conftest import PageOf
from tests.browser.hands import choose, message, name_of, press, tick, value_of
from tests.patience import HANGS

#: Items to which a leader may name a liaison.
RUNNING_ITEMS = "/admin/case_step/?state=pending,dept_accepted&page_size=100"


def test_the_office_records_the_designation_of_two_projects(page_of: PageOf) -> None:
    page = page_of("wuzhi.office")
    page.goto("/admin/project/?is_key=0")
    ids = tick(page, 2)
    expect(page.locator("[data-ticked]")).to_have_text("已选 2 条")
    press(page, "登记重点认定")
    page.get_by_label("列入文号或依据").fill("武政文〔2026〕15号")
    press(page, "确定")
    assert message(page) == "登记重点认定：2 条已办理"
    for id_ in ids:
        page.goto(f"/admin/key_designation/?project={id_}")
        expect(page.locator("table.list tbody tr").filter(has_text="武政文〔2026〕15号")).to_have_count(1)
        page.goto(f"/admin/project/details/?id={id_}")
        expect(value_of(page, "是否重点项目")).to_have_text("是")


def test_twelve_key_projects_get_an_officer_at_once(page_of: PageOf) -> None:
    page = page_of("wuzhi.office")
    page.goto("/admin/")
    waiting = int(page.locator(".cards a").filter(has_text="待分包项目").locator("b").inner_text())
    with page.expect_navigation():
        page.locator(".cards a").filter(has_text="待分包项目").click()
    ids = tick(page, 12)
    press(page, "分包")
    expect(page.locator("ol.chosen li")).to_have_count(12)
    chosen = choose(page, "首席服务员")
    load = re.search(r"现分包 (\d+) 个", chosen)
    assert load is not None, "the officer's present load is shown with his name"
    press(page, "确定")
    assert message(page) == "分包：12 条已办理"
    officer = chosen.split("（")[0]
    page.goto(f"/admin/project/details/?id={ids[-1]}")
    expect(value_of(page, "首席服务员")).to_have_text(officer)
    press(page, "调整分包")
    page.get_by_role("combobox", name="首席服务员").click()
    after = page.get_by_role("option").filter(has_text=officer).first
    expect(after).to_contain_text(f"现分包 {int(load[1]) + 12} 个")
    page.goto("/admin/")
    expect(page.locator(".cards a").filter(has_text="待分包项目").locator("b")).to_have_text(str(waiting - 12))


def test_a_leader_names_the_liaison_of_three_items_of_his_department(page_of: PageOf) -> None:
    page = page_of("heshuo.leader", 404)
    page.goto(RUNNING_ITEMS)
    own = set(page.locator("table.list tbody tr td:nth-child(4)").all_inner_texts())
    assert len(own) == 1, own
    ids = tick(page, 3)
    press(page, "指定专办员")
    liaison = choose(page, "专办员").split("（")[0]
    press(page, "确定")
    assert message(page) == "指定专办员：3 条已办理"
    for id_ in ids:
        page.goto(f"/admin/case_step/details/?id={id_}")
        expect(value_of(page, "专办员")).to_have_text(liaison)
    foreign = _step_of_another_department(page_of, own.pop())
    assert page.goto(f"/admin/case_step/details/?id={foreign}").status == 404  # type: ignore[union-attr]
    page.goto(RUNNING_ITEMS)
    tick(page, 1)
    page.locator("input[name=rowid]:checked").evaluate("(box, id) => { box.value = id; }", foreign)
    with page.expect_response("**/admin/case_step/action/") as posted:
        page.get_by_role("button", name="指定专办员").click()
    assert posted.value.status == 404


def _step_of_another_department(page_of: PageOf, own: str) -> str:
    """An item, seen by the lead office, that another department than `own` handles."""
    page = page_of("heshuo.inspector")
    page.goto(RUNNING_ITEMS)
    row = page.locator("table.list tbody tr").filter(has_not_text=own).first
    found = re.search(r"id=(\d+)", row.get_by_role("link").first.get_attribute("href") or "")
    assert found is not None
    return found[1]


def test_an_agent_delivers_and_closes_an_approved_case(page_of: PageOf) -> None:
    page = page_of("wuzhi.agent")
    page.goto("/admin/service_case/?state=approved")
    page.locator("td.first a").first.click()
    case = page.url
    number = name_of(page)
    press(page, "送达并办结")
    choose(page, "送达方式", "现场转交")
    page.get_by_label("接收人").fill("经办人甲")
    press(page, "确定")
    assert message(page) == "送达并办结：1 条已办理"
    assert page.url == case
    expect(page.locator(".tag").filter(has_text="已办结").first).to_be_visible()
    page.goto("/admin/completion/")
    expect(page.locator("table.list tbody tr").filter(has_text=number)).to_have_count(1)


def test_the_office_opens_the_ledger_from_the_home_page_and_updates_it(page_of: PageOf) -> None:
    page = page_of("wuzhi.office")
    page.goto("/admin/")
    press(page, "导出台账")
    month = default_month(today())
    assert name_of(page) == month
    # Until the 10th it is last month, which is locked here.
    if page.locator("dl.details").get_by_text("已锁定", exact=True).count():
        return
    press(page, "更新数据")
    press(page, "确定")
    assert message(page) == "更新数据：1 条已办理"


def _unlock_latest(page: Page) -> str:
    """Unlock the last finished month, as for a correction; gives the month."""
    page.goto("/admin/ledger_month/?state=locked")
    page.locator("td.first a").first.click()
    month = name_of(page)
    press(page, "解锁")
    page.get_by_label("解锁原因").fill("更正错字")
    press(page, "确定")
    expect(page.locator("dl.details").get_by_text("未锁定", exact=True)).to_be_visible()
    return month


@pytest.mark.office
def test_a_finished_month_is_locked_and_its_workbook_prints(page_of: PageOf, tmp_path: Path) -> None:
    page = page_of("wuzhi.office")
    month = _unlock_latest(page)
    press(page, "更新数据")
    press(page, "确定")
    press(page, "锁定")
    press(page, "确定")
    expect(page.locator("dl.details").get_by_text("已锁定", exact=True)).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("^(下载台账|导出)$")).click()
    book = tmp_path / "台账.xlsx"
    started.value.save_as(book)
    assert started.value.suggested_filename.endswith(".xlsx")
    assert hashlib.sha256(book.read_bytes()).hexdigest() in page.locator("dl.details").first.inner_text()
    text = "".join(printed(book).split())
    year, _, number = month.partition("-")
    assert f"武陟县政务服务帮办代办工作台账（{year}年{int(number)}月）" in text


def printed(book: Path) -> str:
    """The text of the pages that LibreOffice prints of a workbook."""
    profile = f"-env:UserInstallation=file://{book.parent}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", book.parent, book],
        check=True,
        capture_output=True,
        timeout=HANGS,
    )
    done = subprocess.run(
        ["pdftotext", "-layout", book.with_suffix(".pdf"), "-"], check=True, capture_output=True, timeout=HANGS
    )
    return done.stdout.decode()
