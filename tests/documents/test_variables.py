"""Variables of papers: codes stay, names may change, and templates understand every name there ever was."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from documents import render, variables
from documents.docx_template import build_template
from documents.former_names import FORMER_NAMES
from documents.parts import Paper, TextLine
from documents.template_validation import BadTemplate, validate_template
from documents.variables import BLANK, all_variables, code_by_name, written_names
from models.fields import field_of
from tests.documents.test_papers import ALL, county_of
from tests.renaming import MARK, renamed_labels

VALUES = {code: f"<{code}>" for code in BLANK}


def template(*texts: str) -> bytes:
    return build_template(Paper("own", "本县的单据", tuple(TextLine(text) for text in texts)))


def filled(content: bytes) -> str:
    return "".join(render.words(render.fill(content, VALUES)))


#: What a county uploaded to 1.0: every name of that time, shown and asked for.
OLD = template(*(f"{name}：{{{{ {name} }}}}{{% if {name} %}}有{{% endif %}}" for name in FORMER_NAMES))
OLD_TEXT = "".join(f"{name}：<{code}>有" for name, code in FORMER_NAMES.items())


def test_codes_are_names_of_jinja_and_each_is_one_variable() -> None:
    codes = [variable.code for variable in all_variables()]
    assert len(codes) == len(set(codes)) == len(BLANK)
    assert [code for code in codes if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []
    assert all(field_of(*variable.column).name == variable.column[1] for variable in all_variables() if variable.column)


def test_no_name_that_a_template_may_hold_is_ever_lost() -> None:
    """After renaming a label: add the new label to FORMER_NAMES and keep the old one."""
    assert set(FORMER_NAMES.values()) == set(BLANK)
    assert {variable.label: variable.code for variable in all_variables()}.items() <= FORMER_NAMES.items()
    assert len(FORMER_NAMES) >= 84
    assert (FORMER_NAMES["邮寄单号"], FORMER_NAMES["终止方式"]) == ("delivery_tracking_number", "termination_way")


def test_a_template_of_1_0_is_filled_in_as_ever_whatever_the_labels_are() -> None:
    validate_template(OLD)
    assert filled(OLD) == OLD_TEXT
    with renamed_labels():
        validate_template(OLD)
        assert filled(OLD) == OLD_TEXT


def test_default_papers_do_not_change_with_the_labels() -> None:
    before = {(slug, paper.key): filled(build_template(paper)) for slug, paper in ALL[:6]}
    with renamed_labels():
        assert {(slug, paper.key): filled(build_template(paper)) for slug, paper in ALL[:6]} == before
        assert "改改" not in "".join(written_names().values())


def test_a_present_label_is_a_name_too() -> None:
    text = "{{ 改邮寄单号 }}{% if 改备注 %}，{{ 改备注 }}{% endif %}"
    with pytest.raises(BadTemplate, match="没有“改邮寄单号”这个变量"):
        validate_template(template(text))
    with renamed_labels():
        validate_template(template(text))
        assert filled(template(text)) == "<delivery_tracking_number>，<service_case_remark>"


def test_a_template_to_edit_has_the_names_that_people_use() -> None:
    paper = county_of("balinzuoqi")[1]["result"]
    content = render.template_to_edit(paper)
    text = "".join(render.words(content))
    assert "{{ 受理日期 }}" in text
    assert "{% if 送达资料 %}，送达{{ 送达资料 }}{% endif %}" in text
    assert not re.search(r"\{[{%] (?!if|endif)[a-z_]+", text)
    validate_template(content)
    assert filled(content) == filled(build_template(paper))
    with renamed_labels():
        assert f"{{{{ {MARK}受理日期 }}}}" in "".join(render.words(render.template_to_edit(paper)))


def renamed(code: str, words: str) -> tuple[tuple[str, tuple[variables.Variable, ...]], ...]:
    """The groups with another name for one variable."""
    return tuple(
        (title, tuple(replace(v, words=words) if v.code == code else v for v in group))
        for title, group in variables.GROUPS
    )


def test_a_name_with_two_meanings_keeps_the_one_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variables, "GROUPS", renamed("delivery_tracking_number", "快递单号"))
    monkeypatch.setattr(variables, "GROUPS", renamed("service_case_remark", "邮寄单号"))
    assert code_by_name()["邮寄单号"] == "delivery_tracking_number"
    assert code_by_name()["备注"] == "service_case_remark"
    assert written_names()["service_case_remark"] == "service_case_remark"


def test_a_label_that_two_variables_share_is_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variables, "GROUPS", renamed("service_case_remark", "新名称"))
    assert code_by_name()["新名称"] == "service_case_remark"
    monkeypatch.setattr(variables, "GROUPS", renamed("service_case_matter", "新名称"))
    monkeypatch.setattr(variables, "GROUPS", renamed("service_case_remark", "新名称"))
    assert "新名称" not in code_by_name()
    assert written_names()["service_case_remark"] == "service_case_remark"


def test_a_label_that_is_no_name_of_jinja_is_shown_by_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variables, "GROUPS", renamed("service_case_remark", "备注（可不填）"))
    assert written_names()["service_case_remark"] == "service_case_remark"
    assert written_names()["service_case_matter"] == "办理事项"
