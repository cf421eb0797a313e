"""What stands in the database: people who can work, what the law asks for, nothing stuck."""

import os
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from promotion.audit.services import newest_is_proved
from promotion.models import SitePage
from promotion.operations.doctor.configuration import is_public
from promotion.operations.doctor.findings import Finding
from promotion.operations.health import STALLED_IMPORT_SECONDS
from promotion.reference.records import TrackedModel
from promotion.reference.spreadsheets.waiting import stalled_seconds

CLOCK_TOLERANCE = timedelta(minutes=5)
NOBODY = "nobody"


def check_superuser():
    if User.objects.filter(is_superuser=True, is_staff=True, is_active=True).exists():
        return Finding.ok(_("有可以登录的超级用户。"))
    return Finding.mend(
        _("没有可以登录的超级用户，谁也不能给别人权限。"),
        ".venv/bin/python manage.py createsuperuser",
    )


def check_second_factor():
    """Find out whether everybody who must have a second factor has set it up."""
    names = settings.SECOND_FACTOR_FOR
    if not set(names) - {NOBODY}:
        if is_public():
            return Finding.warning(
                _("没有人需要第二验证：知道密码就能进后台。"),
                _("去掉 SECOND_FACTOR_FOR=nobody，或写明哪些组需要。"),
            )
        return Finding.ok(_("只在本机，不需要第二验证。"))
    asked = Q(groups__name__in=names)
    if settings.SUPERUSERS in names:
        asked |= Q(is_superuser=True)
    equipped = TOTPDevice.objects.filter(confirmed=True).values("user")
    users = User.objects.filter(asked, is_staff=True, is_active=True)
    count = users.exclude(pk__in=equipped).distinct().count()
    if count:
        return Finding.warning(
            _("有 %(count)s 个账号应当有第二验证，还没有设置。") % {"count": count},
            _("请他们尽快登录一次，按提示设置：在那之前，知道密码的人可以抢先设置。"),
        )
    return Finding.ok(_("应当有第二验证的账号都已设置。"))


def check_strict_groups():
    """Find out whether every group that SECOND_FACTOR_FOR names is there.

    Left out, it names groups that a site may have or not.
    """
    named = set(settings.SECOND_FACTOR_FOR) - {settings.SUPERUSERS}
    if not os.environ.get("SECOND_FACTOR_FOR") or named == {NOBODY}:
        return Finding.ok(_("SECOND_FACTOR_FOR 没有写明要检查的组。"))
    missing = named - set(Group.objects.filter(name__in=named).values_list("name", flat=True))
    if missing:
        return Finding.mend(
            _("SECOND_FACTOR_FOR 里的“%(names)s”不是已有的组，对谁也不起作用。")
            % {"names": " ".join(sorted(missing))},
            _("改成后台“组”里的名称，或先建立这个组。"),
        )
    return Finding.ok(_("SECOND_FACTOR_FOR 里的组都有。"))


def check_audit_key():
    """Find out whether the audit log goes on with the key that it was written with."""
    if newest_is_proved():
        return Finding.ok(_("审计记录能用现在的密钥核对。"))
    return Finding.mend(
        _("审计记录的最后一条不是用现在的密钥 AUDIT_KEY 写的，从那里起核对不了。"),
        _(
            "恢复备份之后，把原来的 audit_key 放回 VAR_DIR，或把它写进 AUDIT_FORMER_KEYS。"
            "密钥没有动过，就是记录被改过：运行 verify_audit。"
        ),
    )


def check_privacy_notice():
    if SitePage.objects.privacy_notice() is None:
        return Finding.warning(
            _("隐私说明没有公开，投资咨询的表单因此关着。"),
            _("在后台“网站说明页”补全 privacy 并发布。"),
        )
    return Finding.ok(_("隐私说明已经公开。"))


def check_imports():
    minutes = int(stalled_seconds() // 60)
    if minutes >= STALLED_IMPORT_SECONDS // 60:
        return Finding.mend(
            _("有导入在等，%(minutes)s 分钟没有动静。") % {"minutes": minutes},
            ".venv/bin/python manage.py run_imports",
        )
    return Finding.ok(_("没有停住的导入。"))


def check_clock():
    """Find out whether anything was written later than now, which a wrong clock does."""
    newest = max(
        (
            moment
            for model in apps.get_models()
            if issubclass(model, TrackedModel) and not hasattr(model, "history_object")
            if (moment := model.history.aggregate(newest=Max("history_date"))["newest"])
        ),
        default=None,
    )
    if newest and newest > timezone.now() + CLOCK_TOLERANCE:
        return Finding.warning(
            _("有修改记录的时间在将来：%(moment)s。")
            % {"moment": timezone.localtime(newest).strftime("%Y-%m-%d %H:%M")},
            _("核对这台机器的时钟（timedatectl），打开 NTP：第二验证只容许差半分钟。"),
        )
    return Finding.ok(_("没有时间在将来的记录。"))
