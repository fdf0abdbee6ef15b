"""Each county's case from 审批完成 to 归档, and the two ways in which one is terminated."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from services.kernel.working_days import today
from tests.browser.conftest import PageOf
from tests.browser.hands import choose, message, name_of, press, value_of


@dataclass(frozen=True)
class End:
    """How a county hands over, and what its people say of it."""

    slug: str
    deliver: str
    way: str
    grade: str | None


ENDS = (
    End("wenxian", "送达并办结", "上门专送", "非常满意"),
    End("wuzhi", "送达并办结", "现场转交", "满意"),
    End("balinzuoqi", "送达", "邮寄", None),
    End("heshuo", "送达", "移交签收", "基本满意"),
)


def approved_case(page: Page) -> str:
    page.goto("/admin/service_case/?state=approved")
    page.locator("td.first a").first.click()
    expect(value_of(page, "状态")).to_have_text("审批完成")
    return page.url


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.slug)
def test_a_case_comes_to_its_end_as_its_county_has_it(page_of: PageOf, end: End) -> None:
    agent, office = page_of(f"{end.slug}.agent"), page_of(f"{end.slug}.office")
    case = approved_case(agent)
    hand_over(agent, end)
    expect(value_of(agent, "状态")).to_have_text("已办结")
    agent.goto("/admin/completion/")
    office.goto(case)
    rated = rate_all(office, end)
    assert rated >= 1
    expect(value_of(office, "状态")).to_have_text("已评价")
    agent.goto(case)
    assert "评价人" not in agent.locator("main").inner_text(), "the rated sees who rated him"
    if end.slug == "balinzuoqi":
        pass_on(agent)
    press(agent, "提请归档")
    for box in agent.locator("fieldset.boxes").get_by_role("checkbox").all():
        box.check()
    press(agent, "确定")
    office.goto(case)
    press(office, "归档")
    press(office, "确定")
    expect(value_of(office, "状态")).to_have_text("已归档")
    expect(value_of(office, "归档号")).to_contain_text("档〔")
    shown = office.locator(".toolbar").first.inner_text()
    assert "撤回上一步" not in shown.split("现在不能办的")[0]


def pass_on(page: Page) -> None:
    """移交科室, before the file is archived. Source: B 六.5."""
    press(page, "移交科室")
    choose(page, "接收科室", "企业开办股")
    page.locator("#receiver").fill("科员甲")
    page.locator("#papers").fill("申请材料、批文复印件")
    press(page, "确定")


def hand_over(page: Page, end: End) -> None:
    press(page, end.deliver)
    choose(page, "送达方式", end.way)
    if end.way == "邮寄":
        page.get_by_label("邮寄单号").fill("XA000000001CN")
    elif end.deliver == "送达":
        page.locator("#received_on").fill(str(today()))
    press(page, "确定")
    if end.way == "邮寄":
        expect(value_of(page, "状态")).to_have_text("已送达")
        press(page, "登记签收")
        press(page, "确定")


def rate_all(page: Page, end: End) -> int:
    """Record every rating that the county asks of the case; gives how many."""
    count = 0
    while value_of(page, "状态").inner_text() == "已办结":
        press(page, "登记评价")
        if end.grade:
            choose(page, "评价等级", end.grade)
        page.locator("#rater").fill("经办人甲")
        press(page, "确定")
        assert message(page).startswith("登记评价")
        count += 1
        assert count < 10
    return count


def test_both_sides_end_a_mandate_and_the_papers_go_back(page_of: PageOf) -> None:
    page = page_of("wuzhi.agent")
    page.goto("/admin/service_case/?state=in_progress")
    page.locator("td.first a").first.click()
    number = name_of(page)
    press(page, "终止")
    choose(page, "终止原因", "申请单位申请终止")
    page.get_by_label("移交的资料").fill("营业执照复印件")
    press(page, "确定")
    expect(value_of(page, "状态")).to_have_text("已终止")
    page.goto("/admin/termination/")
    expect(page.locator("table.list tbody tr").filter(has_text=number)).to_have_count(1)


def test_one_side_ends_it_only_through_the_lead_office(page_of: PageOf) -> None:
    agent = page_of("wuzhi.agent")
    agent.goto("/admin/service_case/?state=in_progress")
    agent.locator("td.first a").last.click()
    case = agent.url
    press(agent, "终止")
    assert agent.get_by_role("checkbox", name="是").count() == 0
    agent.goto(case)
    press(agent, "提请单方终止")
    choose(agent, "终止原因", "申请单位不配合")
    agent.get_by_label("原因说明").fill("三次联系不上")
    press(agent, "确定")
    office = page_of("wuzhi.office")
    office.goto(case)
    press(office, "终止")
    choose(office, "终止原因", "申请单位不配合")
    expect(office.get_by_role("checkbox", name="是")).to_be_checked()
    expect(office.get_by_label("原因说明")).to_have_value("申请单位不配合：三次联系不上")
    press(office, "确定")
    expect(value_of(office, "状态")).to_have_text("已终止")
