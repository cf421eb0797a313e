import datetime

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from promotion.reference.pictures import open_picture
from promotion.reference.records import Illustrated

# A file that no row names yet may belong to a form that is being saved.
SETTLED = datetime.timedelta(days=1)


class Command(BaseCommand):
    """Make the renditions of every picture anew and remove the files that no record names."""

    help = _("重新生成全部图片的各种尺寸，并删除不再属于任何记录的图片文件。")

    def handle(self, *args, **options):
        made, lost, kept = 0, 0, set()
        models = [model for model in apps.get_models() if issubclass(model, Illustrated)]
        for model in models:
            for record in model._base_manager.exclude(picture="").iterator():
                try:
                    self.remake(record)
                    made += 1
                except (OSError, ValidationError) as error:
                    lost += 1
                    self.stderr.write(f"{model._meta.label} {record.slug}: {error}")
                kept.update(record.picture.files)
        removed = sum(self.remove_others(model, kept) for model in models)
        self.stdout.write(f"made={made} lost={lost} removed={removed}")
        if lost:
            raise CommandError(_("有图片的文件缺失或损坏，请重新上传。"))

    def remake(self, record):
        with record.picture.open() as file:
            if file.size_in_name:
                file.make_renditions(open_picture(file))
            else:
                # Kept before there were renditions: taken in again under a name with its size.
                file._committed = False
                record._change_reason = _("重新生成图片")
                record.save(update_fields=["picture", "updated_at"])

    def remove_others(self, model, kept):
        """Remove a model's files that no row names, and return how many there were."""
        folder = f"pictures/{model._meta.model_name}"
        try:
            _folders, names = default_storage.listdir(folder)
        except FileNotFoundError:
            return 0
        others = [
            name
            for name in (f"{folder}/{name}" for name in names)
            if name not in kept
            and default_storage.get_modified_time(name) < timezone.now() - SETTLED
        ]
        for name in others:
            default_storage.delete(name)
        return len(others)
