"""What happens in the program, by code: the audit and the events of a case store these codes.

The labels are for the screen alone and may be changed at any time. A code is never changed or given
to another action: rows of earlier years carry it.
"""

from __future__ import annotations

from models.types import Labelled


class AuditAction(Labelled):
    """Everything that the audit names. The events of a case use the `case.` and `step.` codes among them."""

    RECORD_CREATE = "record.create", "新增"
    RECORD_EDIT = "record.edit", "修改"
    RECORD_DELETE = "record.delete", "删除"
    RECORD_RESTORE = "record.restore", "恢复"
    RECORD_PURGE = "record.purge", "彻底删除"
    RECORD_MERGE = "record.merge", "合并"
    RECORD_UNMERGE = "record.unmerge", "撤销合并"

    LOGIN = "user.login", "登录"
    LOGIN_FAILED = "user.login_failed", "登录失败"
    LOGOUT = "user.logout", "退出"
    CHANGE_PASSWORD = "user.change_password", "修改密码"
    SET_PASSWORD = "user.set_password", "设置密码"
    SET_SCOPE = "user.set_scope", "设置查看范围"
    FORBIDDEN = "user.forbidden", "越权被拒"

    CASE_SUBMIT = "case.submit", "提交"
    CASE_NOTIFY = "case.notify", "一次性告知"
    CASE_RESUPPLY = "case.resupply", "登记补正"
    CASE_REJECT = "case.reject", "不予受理"
    CASE_WITHDRAW = "case.withdraw", "撤回申请"
    CASE_ACCEPT = "case.accept", "受理"
    CASE_ASSIGN = "case.assign", "分派"
    CASE_HAND_OVER = "case.hand_over", "移交"
    CASE_BRING = "case.bring", "资料送窗口"
    CASE_PASS_ON = "case.pass_on", "移交科室"
    CASE_HAND_IN = "case.hand_in", "移交综合窗口"
    CASE_TAKE_IN = "case.take_in", "签收交接"
    CASE_MEET = "case.meet", "召开会议"
    CASE_URGE = "case.urge", "督办"
    CASE_FINISH = "case.finish", "审批完成"
    CASE_DELIVER = "case.deliver", "送达"
    CASE_CLOSE = "case.close", "办结"
    CASE_RECEIVE = "case.receive", "登记签收"
    CASE_REGISTER = "case.register", "登记备案"
    CASE_RATE = "case.rate", "登记评价"
    CASE_EVALUATE = "case.evaluate", "评价"
    CASE_TERMINATE = "case.terminate", "终止"
    CASE_PROPOSE_END = "case.propose_end", "提请单方终止"
    CASE_REFUSE_END = "case.refuse_end", "不同意终止"
    CASE_PROPOSE = "case.propose", "提请归档"
    CASE_ARCHIVE = "case.archive", "归档"
    CASE_UNDO = "case.undo", "撤回上一步"
    CASE_RECORD_PAST = "case.record_past", "历史办件录入"

    STEP_ADD = "step.add", "增加事项"
    STEP_NAME_LIAISON = "step.name_liaison", "指定专办员"
    STEP_CLAIM = "step.claim", "责任认领"
    STEP_FILE = "step.file", "报送"
    STEP_ACCEPT = "step.accept", "部门受理"
    STEP_ASK = "step.ask", "要求补正"
    STEP_RECEIVE = "step.receive", "收到部分补正"
    STEP_RESUME = "step.resume", "补正完成"
    STEP_GRANT = "step.grant", "办结事项"
    STEP_DENY = "step.deny", "未办成"
    STEP_WITHDRAW = "step.withdraw", "撤回事项"

    MEETING_CONCLUDE = "meeting.conclude", "议定"
    MEETING_ESCALATE = "meeting.escalate", "提请协调"
    URGE_REPLY = "urge.reply", "回复督办"
    EXTENSION_ASK = "extension.ask", "申请延期"
    EXTENSION_APPROVE = "extension.approve", "批准延期"
    EXTENSION_REFUSE = "extension.refuse", "不批准延期"

    EVALUATION_VERIFY = "evaluation.verify", "核实"
    EVALUATION_RECTIFY = "evaluation.rectify", "整改"
    EVALUATION_REVISIT = "evaluation.revisit", "回访"
    EVALUATION_APPEAL = "evaluation.appeal", "申诉"
    EVALUATION_DECIDE = "evaluation.decide", "申诉处理"

    ASSIGNMENT_GIVE = "assignment.give", "分包"
    ASSIGNMENT_CHANGE = "assignment.change", "调整分包"
    ASSIGNMENT_END = "assignment.end", "结束分包"
    DESIGNATION_GIVE = "designation.give", "登记重点认定"
    DESIGNATION_REVIEW = "designation.review", "核对重点名单"
    DESIGNATION_REVOKE = "designation.revoke", "撤销重点认定"
    STAFF_LEAVE = "staff.leave", "离岗交接"

    LEDGER_REFRESH = "ledger.refresh", "更新台账数据"
    LEDGER_LOCK = "ledger.lock", "锁定台账"
    LEDGER_UNLOCK = "ledger.unlock", "解锁台账"
    LEDGER_UNLOCK_REASON = "ledger.unlock_reason", "解锁台账原因"
    LEDGER_EXPORT = "ledger.export", "导出台账"
    LEDGER_EXPORT_YEAR = "ledger.export_year", "导出全年台账"
    LEDGER_HAND_OUT = "ledger.hand_out", "台账文件存入文件夹"

    LIST_EXPORT = "list.export", "导出"
    TASK_QUEUE = "task.queue", "转后台导出"
    TASK_FETCH = "task.fetch", "下载导出文件"

    IMPORT_TEMPLATE = "import.template", "下载导入模板"
    IMPORT_CHECK = "import.check", "导入预检"
    IMPORT_CONFIRM = "import.confirm", "导入"
    IMPORT_UNDO = "import.undo", "撤销导入"
    IMPORT_MARKED = "import.marked", "下载标错文件"

    TEMPLATE_UPLOAD = "template.upload", "上传单据模板"
    TEMPLATE_DEFAULT = "template.default", "恢复默认模板"
    TEMPLATE_USE = "template.use", "改用单据模板"
    TEMPLATE_DOWNLOAD = "template.download", "下载单据模板"
    TEMPLATE_PREVIEW = "template.preview", "预览单据模板"

    PAPER_PRINT = "paper.print", "打印单据"
    PHONE_REVEAL = "phone.reveal", "显示电话"

    CALENDAR_NOTICE = "calendar.notice", "录入节假日通知"
    COUNTY_COPY = "county.copy", "按已有县（旗）新增"
    SETUP = "program.setup", "初始化"
    DEMO = "program.demo", "装入演示数据"


class AuditResult(Labelled):
    """Whether the audited action was carried out."""

    DONE = "done", "成功"
    REFUSED = "refused", "被拒绝"
