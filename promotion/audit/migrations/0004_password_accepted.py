from django.db import migrations, models
from django.db.models import Q

from promotion.audit.protection import protect, unprotect

CHOICES = [
    ("add", "新增"),
    ("change", "更改"),
    ("delete", "删除"),
    ("confirm", "核实无误"),
    ("submit", "送审"),
    ("withdraw", "撤回送审"),
    ("approve", "审核通过"),
    ("refuse", "退回"),
    ("publish", "发布"),
    ("unpublish", "退回草稿"),
    ("archive", "归档"),
    ("import", "导入"),
    ("undo_import", "撤销导入"),
    ("export", "导出"),
    ("merge", "合并"),
    ("undo_merge", "撤销合并"),
    ("distinguish", "判断是否同一个"),
    ("settle", "选定公开的数据"),
    ("view_personal", "查看个人信息"),
    ("password_accepted", "密码正确，还差第二验证"),
    ("login", "登录"),
    ("logout", "退出登录"),
    ("login_failed", "登录失败"),
    ("locked_out", "登录锁定"),
    ("lock_lifted", "解除登录锁定"),
    ("sessions_ended", "结束登录"),
    ("reset_asked", "申请重设密码"),
    ("password_reset", "重设密码"),
    ("password_changed", "修改密码"),
    ("factor_added", "启用第二验证"),
    ("factor_removed", "移除第二验证"),
    ("codes_made", "生成恢复码"),
    ("code_used", "使用恢复码"),
    ("refused", "被拒绝"),
    ("clear", "清理到期的审计记录"),
]


class Migration(migrations.Migration):
    """Tells the first half of a login, the password, from a login."""

    dependencies = [("audit", "0003_account_actions")]

    operations = [
        # SQLite makes the table anew, without its triggers.
        migrations.RunPython(
            lambda _apps, editor: unprotect(editor.connection),
            lambda _apps, editor: protect(editor.connection),
        ),
        migrations.RemoveConstraint("auditentry", "audit_auditentry_action_known"),
        migrations.AlterField(
            "auditentry",
            "action",
            models.CharField("操作", max_length=20, choices=CHOICES, db_index=True),
        ),
        migrations.AddConstraint(
            "auditentry",
            models.CheckConstraint(
                condition=Q(action__in=[value for value, _label in CHOICES]),
                name="audit_auditentry_action_known",
            ),
        ),
        migrations.RunPython(
            lambda _apps, editor: protect(editor.connection),
            lambda _apps, editor: unprotect(editor.connection),
        ),
    ]
