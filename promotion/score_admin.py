"""How the public content scores, as staff read it: on a page, and as plain values."""

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from promotion.criteria import score
from promotion.reference.models import subject_models
from promotion.reference.reach import is_bounded
from promotion.reference.records import PublicRecord
from promotion.reference.staff_pages import change_address
from promotion.scoring import Area, Level


def steps_of(result, may_view):
    """Return what would raise a result: the first rows to mend, or the kinds to add to."""
    rows = [row for row in result.rows_to_mend() if may_view(type(row))]
    if rows:
        return [
            {
                "record": str(row),
                "mend": str(capfirst(row._meta.get_field(result.field_of(row)).verbose_name)),
                "address": change_address(row, result.field_of(row)),
            }
            for row in rows
        ]
    return [
        {
            "record": str(capfirst(model._meta.verbose_name_plural)),
            "mend": _("增加记录"),
            "address": reverse(
                f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            ),
        }
        for model in result.models
        if may_view(model)
    ]


def described(scored, may_view=lambda model: True):
    """Return a score as plain values, its rule in both languages."""
    criterion = scored.criterion
    with override("en"):
        name_en, rule_en = str(criterion.name), str(criterion.rule)
    return {
        "key": criterion.key,
        "area": criterion.area.value,
        "name": str(criterion.name),
        "name_en": name_en,
        "rule": str(criterion.rule),
        "rule_en": rule_en,
        "level": scored.level.value,
        "checks": [
            {"met": result.met, "total": result.total, "enough": result.enough}
            for result in scored.results
        ],
        "to_raise": [step for result in scored.open_results for step in steps_of(result, may_view)],
    }


def level_counts(scores):
    """Return how many criteria there are of each level, the best first."""
    return {level: sum(1 for row in scores if row["level"] == level) for level in Level.values}


class ScorePage:
    """The part of the admin site that shows the score, with links to what its user may view."""

    def get_urls(self):
        page = path("score/", self.admin_view(self.score), name="score")
        return [page, *super().get_urls()]

    def may_view(self, request):
        """Return the function that tells whether the user may view a model."""

        def may_view(model):
            return model in self._registry and self._registry[model].has_view_permission(request)

        return may_view

    def may_view_all(self, request):
        """Return the function that tells whether the user may view all rows of a model."""
        may_view = self.may_view(request)
        return lambda model: may_view(model) and not is_bounded(request.user, "view", model)

    def score(self, request):
        """Show how far each criterion is met, by which rule, and what would raise it."""
        may_view = self.may_view_all(request)
        if not any(map(may_view, subject_models(PublicRecord))):
            raise PermissionDenied
        scores = [described(scored, may_view) for scored in score()]
        labels = dict(Level.choices)
        for row in scores:
            row["level_label"] = labels[row["level"]]
        return TemplateResponse(
            request,
            "admin/score.html",
            {
                **self.each_context(request),
                "title": _("自评"),
                "counts": [
                    (level, labels[level], count) for level, count in level_counts(scores).items()
                ],
                "areas": [
                    (area.label, [row for row in scores if row["area"] == area]) for area in Area
                ],
            },
        )
