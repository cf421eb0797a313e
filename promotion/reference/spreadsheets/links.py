"""Columns for relations that are records themselves: a company's parks, a park's belts."""

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from promotion.reference.batches import in_batches
from promotion.reference.models import Citation
from promotion.reference.spreadsheets.problems import CellError
from promotion.reference.spreadsheets.references import ManyColumn


class LinkColumn(ManyColumn):
    """A relation through a model of ours, of which the sheet shows and sets the plain part.

    `fixed` holds the values of the rows in question (a tenancy's role); rows whose `ended` date
    has passed are history and stay out of the sheet. A name added to the cell makes a row with
    nothing but these values. A name removed deletes its row only if that loses nothing: a row
    that says more, or that citations support, is refused.
    """

    def __init__(self, field, fixed=None, ended=""):
        super().__init__(field)
        self.fixed = fixed or {}
        self.ended = ended

    @property
    def related_models(self):
        return [self.target, self.through, Citation]

    def refuse_links(self, owner, targets, links):
        """Return the error for targets whose row with this owner has ended, or None."""
        for target in targets:
            if target.pk in links.ended.get(owner.pk, {}):
                return CellError(
                    _("与“%(target)s”的%(link)s已注明结束，请在%(link)s表中修改。")
                    % {"target": target.slug, "link": self.through._meta.verbose_name}
                )
        return None

    def lossy_removals(self, links):
        content_type = ContentType.objects.get_for_model(self.through)
        cited = set()
        for batch in in_batches([link.pk for link in links]):
            cited.update(
                Citation.objects.filter(
                    subject_type=content_type, subject_id__in=batch
                ).values_list("subject_id", flat=True)
            )
        return {
            link: CellError(
                _(
                    "不能从这一栏去掉“%(target)s”：该%(link)s另有日期、说明或引文，请在%(link)s表中处理。"
                )
                % {
                    "target": getattr(link, self.target_name).slug,
                    "link": self.through._meta.verbose_name,
                }
            )
            for link in links
            if link.pk in cited or not self.is_bare(link)
        }

    def is_bare(self, link):
        """Tell whether a link holds only what a name in the cell would make again."""
        given = {self.owner_name, self.target_name, *self.fixed}
        return all(
            getattr(link, field.attname) == field.get_default()
            for field in self.through._meta.fields
            if field.editable and not field.primary_key and field.name not in given
        )
