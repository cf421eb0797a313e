"""What the settings say, and whether it goes together."""

import stat
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.utils.translation import gettext as _

from promotion.operations.doctor.findings import Finding

MIN_KEY_LENGTH = 50
MIN_KEY_CHARACTERS = 10
OWN_CHECKS = {"security.W009", "security.W018"}
"""What Django warns of and a check here judges by itself: the key, and DEBUG."""
HTTPS_CHECKS = {"security.W004", "security.W008", "security.W012", "security.W016"}
"""What Django says, at length, of a site without HTTPS."""


def is_public():
    """Tell whether another host than this machine is named."""
    return not set(settings.ALLOWED_HOSTS) <= set(settings.LOOPBACK_HOSTS)


def check_settings():
    """Return what Django's own `check --deploy` has to say."""
    own = OWN_CHECKS if settings.HTTPS else OWN_CHECKS | HTTPS_CHECKS
    messages = [
        message
        for message in checks.run_checks(include_deployment_checks=True)
        if not message.is_silenced() and message.id not in own
    ]
    findings = [
        Finding.mend(f"{message.id} {message.msg}", _("按这条说明修改设置后再启动。"))
        if message.is_serious()
        else Finding.warning(f"{message.id} {message.msg}", _("公开的网站请按这条说明修改设置。"))
        for message in messages
    ]
    if settings.DEBUG:
        make = Finding.mend if is_public() else Finding.warning
        findings.append(make(_("DEBUG 开着，出错页面会显示内部信息。"), _("去掉设置 DEBUG。")))
    return findings or Finding.ok(_("Django 的部署检查没有意见。"))


def check_secret_key():
    key = settings.SECRET_KEY
    if (
        len(key) < MIN_KEY_LENGTH
        or len(set(key)) < MIN_KEY_CHARACTERS
        or key.startswith("django-insecure-")
    ):
        return Finding.mend(
            _("密钥 SECRET_KEY 太短或太简单，登录和签名的链接可以伪造。"),
            _("去掉设置 SECRET_KEY，网站会自己生成一个；已登录的人需要重新登录。"),
        )
    return Finding.ok(_("密钥足够长。"))


def check_private_files():
    """Find out whether the files that hold secrets can be read by others."""
    paths = [settings.VAR_DIR / "secret_key", settings.VAR_DIR / "audit_key"]
    found = [
        path for path in [*paths, settings.BASE_DIR / ".env", *open_databases()] if path.exists()
    ]
    findings = [
        Finding.mend(
            _("“%(path)s”里有密码、密钥或个人信息，这台机器上的其他用户也能读。") % {"path": path},
            f"chmod o-rwx,g-w {path}",
        )
        for path in found
        if path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP)
    ]
    return findings or Finding.ok(_("有密码和密钥的文件，其他用户不能读。"))


def open_databases():
    """Return the file of the database if others get into its folder."""
    database = settings.DATABASES["default"]
    path = Path(str(database["NAME"]))
    is_file = database["ENGINE"].endswith("sqlite3") and path.is_file()
    return [path] if is_file and path.parent.stat().st_mode & stat.S_IXOTH else []


def check_hosts():
    hosts = settings.ALLOWED_HOSTS
    if "*" in hosts:
        return Finding.mend(
            _("ALLOWED_HOSTS 里有“*”，任何人都可以冒用别的域名。"),
            _("在 ALLOWED_HOSTS 里写明网站的域名，用逗号分隔。"),
        )
    if not is_public():
        return Finding.warning(
            _("网站只回应这台机器自己。"), _("对外公开时，在 ALLOWED_HOSTS 里写明网站的域名。")
        )
    return Finding.ok(" ".join(hosts))


def check_https():
    """Find out whether HTTPS and the proxy in front go together."""
    if not settings.HTTPS:
        if not is_public():
            return Finding.ok(_("只在本机，不需要 HTTPS。"))
        return Finding.mend(
            _("网站对外公开，却关掉了 HTTPS，密码会明文传送。"), _("去掉设置 HTTPS=off。")
        )
    if not settings.BEHIND_PROXY:
        return Finding.mend(
            _("HTTPS 开着，BEHIND_PROXY 没有开：gunicorn 只说 HTTP，页面会不停地跳转。"),
            _("在前面放一个处理 HTTPS 的 nginx，并设置 BEHIND_PROXY=on。"),
        )
    return Finding.ok(_("HTTPS 由前面的代理处理。"))


def check_security_contact():
    if not settings.SECURITY_CONTACT:
        return Finding.warning(
            _("没有写明发现漏洞时找谁。"),
            _("设置 SECURITY_CONTACT，例如 mailto:security@example.gov.cn。"),
        )
    return Finding.ok(" ".join(settings.SECURITY_CONTACT))
