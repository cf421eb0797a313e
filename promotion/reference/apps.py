from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferenceConfig(AppConfig):
    name = "promotion.reference"
    label = "reference"
    verbose_name = _("资料与产业")
