"""The audit and the events of cases store codes; their words are for the screen alone

Before, both stored the Chinese words themselves, so that a new word for a table or an action cut off its
history. The words of that time are written out here, since the program's own may change. A word that is
not among them stays as it is and is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: Actions of the audit and of the events.
ACTIONS = {
    "新增": "record.create",
    "修改": "record.edit",
    "删除": "record.delete",
    "恢复": "record.restore",
    "彻底删除": "record.purge",
    "登录": "user.login",
    "退出": "user.logout",
    "修改密码": "user.change_password",
    "设置密码": "user.set_password",
    "设置查看范围": "user.set_scope",
    "越权被拒": "user.forbidden",
    "提交": "case.submit",
    "一次性告知": "case.notify",
    "登记补正": "case.resupply",
    "不予受理": "case.reject",
    "撤回申请": "case.withdraw",
    "受理": "case.accept",
    "分派": "case.assign",
    "移交": "case.hand_over",
    "召开会议": "case.meet",
    "督办": "case.urge",
    "审批完成": "case.finish",
    "送达": "case.deliver",
    "办结": "case.close",
    "登记签收": "case.receive",
    "登记备案": "case.register",
    "登记评价": "case.rate",
    "评价": "case.evaluate",
    "终止": "case.terminate",
    "提请单方终止": "case.propose_end",
    "不同意终止": "case.refuse_end",
    "提请归档": "case.propose",
    "归档": "case.archive",
    "撤回上一步": "case.undo",
    "历史办件录入": "case.record_past",
    "增加事项": "step.add",
    "指定专办员": "step.name_liaison",
    "报送": "step.file",
    "部门受理": "step.accept",
    "要求补正": "step.ask",
    "补正完成": "step.resume",
    "办结事项": "step.grant",
    "未办成": "step.deny",
    "撤回事项": "step.withdraw",
    "议定": "meeting.conclude",
    "提请协调": "meeting.escalate",
    "回复督办": "urge.reply",
    "申请延期": "extension.ask",
    "批准延期": "extension.approve",
    "不批准延期": "extension.refuse",
    "核实": "evaluation.verify",
    "整改": "evaluation.rectify",
    "回访": "evaluation.revisit",
    "申诉": "evaluation.appeal",
    "申诉处理": "evaluation.decide",
    "分包": "assignment.give",
    "调整分包": "assignment.change",
    "结束分包": "assignment.end",
    "登记重点认定": "designation.give",
    "核对重点名单": "designation.review",
    "撤销重点认定": "designation.revoke",
    "离岗交接": "staff.leave",
    "更新台账数据": "ledger.refresh",
    "锁定台账": "ledger.lock",
    "解锁台账": "ledger.unlock",
    "解锁台账原因": "ledger.unlock_reason",
    "导出台账": "ledger.export",
    "导出全年台账": "ledger.export_year",
    "台账文件存入文件夹": "ledger.hand_out",
    "导出": "list.export",
    "转后台导出": "task.queue",
    "下载导出文件": "task.fetch",
    "下载导入模板": "import.template",
    "导入预检": "import.check",
    "导入": "import.confirm",
    "撤销导入": "import.undo",
    "下载标错文件": "import.marked",
    "上传单据模板": "template.upload",
    "恢复默认模板": "template.default",
    "改用单据模板": "template.use",
    "下载单据模板": "template.download",
    "预览单据模板": "template.preview",
    "录入节假日通知": "calendar.notice",
    "初始化": "program.setup",
    "装入演示数据": "program.demo",
}
#: Tables, and the kinds of 服务人员.
TABLES = {
    "部门业务专办员": "department_liaison",
    "选项": "county_option",
    "监督检查": "inspection",
    "表彰惩处": "commendation",
    "服务事项": "service_item",
    "文件依据": "policy_document",
    "编号": "number_sequence",
    "审计记录": "audit_entry",
    "附件": "attachment",
    "重点认定": "key_designation",
    "常用视图": "saved_view",
    "导入文件": "import_file",
    "培训": "training",
    "项目": "project",
    "督办": "urge",
    "延期": "extension",
    "材料": "case_material",
    "部门": "department",
    "全科代办员": "general_agent",
    "帮办代办件": "service_case",
    "办结单": "completion",
    "事项办理": "case_step",
    "规范用语": "service_phrase",
    "参会部门": "meeting_department",
    "县（旗）": "county",
    "企业": "enterprise",
    "导入记录": "import_batch",
    "导入明细": "import_line",
    "终止单": "termination",
    "窗口": "service_window",
    "查看范围": "supervised_county",
    "共性问题": "common_issue",
    "单据模板": "paper_template",
    "打印记录": "paper_print",
    "办理过程": "case_event",
    "分包": "assignment",
    "服务人员": "staff",
    "账号": "user",
    "后台导出": "background_task",
    "送达": "delivery",
    "台账（月）": "ledger_month",
    "评价": "evaluation",
    "台账文件": "ledger_file",
    "工作日历": "calendar_day",
    "工作纪实": "work_record",
    "会议": "meeting",
    "部门责任领导": "department_leader",
    "事项材料": "item_material",
    "表单编号": "idempotency_key",
    "产业归口": "industry_department",
    "台账明细": "ledger_entry",
    "项目首席服务员": "chief_service_officer",
    "委托协议": "agreement",
}
#: Roles of who acted.
ROLES = {
    "领导小组办公室": "lead_office",
    "重点名单管理员": "list_keeper",
    "部门责任领导": "dept_leader",
    "全科代办员": "agent",
    "综合窗口": "window_clerk",
    "首席服务员": "chief_officer",
    "专办员": "liaison",
    "督查": "inspector",
    "市级查看": "supervisor",
    "系统管理员": "sysadmin",
    "安全管理员": "secadmin",
    "审计员": "auditor",
}

audit = sa.table("audit_entry", *(sa.column(name) for name in ("action", "object_type", "role", "result", "note")))
event = sa.table("case_event", sa.column("action"), sa.column("county_id"))
county = sa.table("county", sa.column("id"), sa.column("meeting_word"))


def upgrade() -> None:
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.add_column(sa.Column("note", sa.String(200)))
    _split_results()
    _store_codes(audit, "action", ACTIONS)
    _store_codes(audit, "object_type", TABLES)
    _store_codes(audit, "role", ROLES)
    _store_codes(event, "action", ACTIONS)
    _store_meetings()


RESULTS = ("done", "refused")
#: What the version before reads where a refusal has no reason.
REFUSED_WORD = "被拒绝"


def _split_results() -> None:
    """What was refused keeps the reason as its note; a log-in that failed is an action of its own."""
    words = audit.c.result.not_in(("成功", *RESULTS))  # a database that went down keeps its codes
    op.execute(audit.update().where(audit.c.action == "登录", words).values(action="user.login_failed"))
    op.execute(audit.update().where(words, audit.c.result != REFUSED_WORD).values(note=audit.c.result))
    op.execute(audit.update().where(words).values(result="refused"))
    op.execute(audit.update().where(audit.c.result == "成功").values(result="done"))


def _store_codes(table: sa.TableClause, name: str, codes: Mapping[str, str]) -> None:
    """One statement a column: the code of each known word, every other word as it is."""
    column = table.c[name]
    coded = sa.case(codes, value=column, else_=column)
    op.execute(table.update().where(column.in_(list(codes))).values({name: coded}))


def _store_meetings() -> None:
    """The event of a meeting was called by the county's own word for one."""
    word = sa.select(county.c.meeting_word).where(county.c.id == event.c.county_id).scalar_subquery()
    op.execute(event.update().where(event.c.action == word).values(action="case.meet"))


def downgrade() -> None:
    """The codes of actions and tables stay: the version before shows them as they are. Results are words again."""
    op.execute(audit.update().where(audit.c.result == "done").values(result="成功"))
    refused = audit.c.result == "refused"
    op.execute(audit.update().where(refused).values(result=sa.func.coalesce(audit.c.note, REFUSED_WORD)))
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.drop_column("note")
