"""Whether a deployment is as it should be: what `manage.py doctor` examines, one check a matter."""

from django.utils.translation import gettext as _

from promotion.operations.doctor import configuration, content, services
from promotion.operations.doctor.findings import Finding, Level
from promotion.operations.health import impatient

CHECKS = {
    "settings": configuration.check_settings,
    "secret_key": configuration.check_secret_key,
    "files": configuration.check_private_files,
    "hosts": configuration.check_hosts,
    "https": configuration.check_https,
    "security_contact": configuration.check_security_contact,
    "user": services.check_user,
    "folders": services.check_folders,
    "disk": services.check_free_disk,
    "static": services.check_static_files,
    "cache": services.check_shared_cache,
    "media": services.check_media,
    "mail": services.check_mail,
    "backups": services.check_backups,
    "database": services.check_database_server,
    "migrations": services.check_migrations,
    "superuser": content.check_superuser,
    "second_factor": content.check_second_factor,
    "strict_groups": content.check_strict_groups,
    "audit_key": content.check_audit_key,
    "privacy": content.check_privacy_notice,
    "imports": content.check_imports,
    "clock": content.check_clock,
}
"""Name → check, returning a Finding or several; what needs the database stands after its own."""
NEED_DATABASE = {
    "migrations",
    "superuser",
    "second_factor",
    "strict_groups",
    "audit_key",
    "privacy",
    "imports",
    "clock",
}


def examine():
    """Yield (name, Finding) for each thing examined.

    What needs the database is left out where it, or a migration, is to be mended first.
    """
    is_usable = True
    for name, check in CHECKS.items():
        if name in NEED_DATABASE and not is_usable:
            continue
        for finding in findings_of(name, check):
            yield name, finding
            if name in {"database", "migrations"} and finding.level == Level.MEND:
                is_usable = False


def findings_of(name, check):
    """Return what a check finds; one that fails itself is something to mend."""
    try:
        if name in NEED_DATABASE:
            with impatient():
                found = check()
        else:
            found = check()
    except Exception as error:
        # Whatever it was, the others are still worth knowing; its text may hold a password.
        kind = type(error).__name__
        text = _("没有检查完：%(kind)s") % {"kind": kind}
        return [Finding.mend(text, _("先处理其他各项，再运行一次；仍然如此就查看日志。"))]
    return [found] if isinstance(found, Finding) else found
