"""What the audit log can say that somebody did."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """Something that somebody did, or was kept from doing."""

    ADD = "add", _("新增")
    CHANGE = "change", _("更改")
    DELETE = "delete", _("删除")
    CONFIRM = "confirm", _("核实无误")
    SUBMIT = "submit", _("送审")
    WITHDRAW = "withdraw", _("撤回送审")
    APPROVE = "approve", _("审核通过")
    REFUSE = "refuse", _("退回")
    PUBLISH = "publish", _("发布")
    UNPUBLISH = "unpublish", _("退回草稿")
    ARCHIVE = "archive", _("归档")
    IMPORT = "import", _("导入")
    UNDO_IMPORT = "undo_import", _("撤销导入")
    EXPORT = "export", _("导出")
    MERGE = "merge", _("合并")
    UNDO_MERGE = "undo_merge", _("撤销合并")
    DISTINGUISH = "distinguish", _("判断是否同一个")
    SETTLE = "settle", _("选定公开的数据")
    VIEW_PERSONAL = "view_personal", _("查看个人信息")
    PASSWORD_ACCEPTED = "password_accepted", _("密码正确，还差第二验证")
    LOGIN = "login", _("登录")
    LOGOUT = "logout", _("退出登录")
    LOGIN_FAILED = "login_failed", _("登录失败")
    LOCKED_OUT = "locked_out", _("登录锁定")
    LOCK_LIFTED = "lock_lifted", _("解除登录锁定")
    SESSIONS_ENDED = "sessions_ended", _("结束登录")
    RESET_ASKED = "reset_asked", _("申请重设密码")
    PASSWORD_RESET = "password_reset", _("重设密码")
    PASSWORD_CHANGED = "password_changed", _("修改密码")
    FACTOR_ADDED = "factor_added", _("启用第二验证")
    FACTOR_REMOVED = "factor_removed", _("移除第二验证")
    CODES_MADE = "codes_made", _("生成恢复码")
    CODE_USED = "code_used", _("使用恢复码")
    REFUSED = "refused", _("被拒绝")
    CLEAR = "clear", _("清理到期的审计记录")
