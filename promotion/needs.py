"""What a firm looks for: four questions as a plain GET form, and the answers."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from parks.vocabulary import SpaceUse
from promotion.reference.filters import MAX_NUMBER
from promotion.reference.models import Industry
from promotion.reference.services import in_language
from promotion.reference.widgets import WholeNumberInput
from promotion.vocabulary import FirmStage

NOT_ASKED = _("不限")
USES_ASKED = [SpaceUse.OFFICE, SpaceUse.LABORATORY, SpaceUse.FACTORY, SpaceUse.INCUBATION]


@dataclass(frozen=True)
class Needs:
    """The answers: what was not answered is empty and is not judged."""

    industries: frozenset = frozenset()
    """The ids of the industry asked for, in every scheme that names it."""
    use: str = ""
    area_sqm: int | None = None
    team_size: int | None = None
    stage: str = ""

    def __bool__(self):
        return bool(self.industries or self.use or self.area_sqm or self.team_size or self.stage)


def bare_name(industry):
    """Return an industry's name without the word that some schemes add to it (产业)."""
    return industry.name.removesuffix("产业")


def group_industries(industries):
    """Return lists of the industries that bear one name, in whatever schemes."""
    groups = {}
    for industry in industries:
        groups.setdefault(bare_name(industry), []).append(industry)
    return list(groups.values())


class NeedsForm(forms.Form):
    """The four questions; what was not understood is named and left out."""

    industry = forms.ChoiceField(label=Industry._meta.verbose_name, required=False)
    use = forms.ChoiceField(
        label=_("需要的空间"),
        required=False,
        choices=[("", NOT_ASKED), *((use.value, use.label) for use in USES_ASKED)],
    )
    area_sqm = forms.IntegerField(
        label=_("面积（平方米）"),
        required=False,
        min_value=1,
        max_value=MAX_NUMBER,
        widget=WholeNumberInput,
    )
    team_size = forms.IntegerField(
        label=_("团队人数"),
        required=False,
        min_value=1,
        max_value=MAX_NUMBER,
        widget=WholeNumberInput,
    )
    stage = forms.ChoiceField(
        label=_("企业所处阶段"), required=False, choices=[("", NOT_ASKED), *FirmStage.choices]
    )

    def __init__(self, data, industries):
        super().__init__(data)
        asked = data.get("industry")
        choices = []
        self.industries = []
        """The industry asked for, in every scheme that names it."""
        # A name is offered once, whichever schemes have it, but each scheme's slug is understood.
        for group in group_industries(industries):
            named = [industry for industry in group if industry.slug == asked]
            if named:
                self.industries = group
            lead = (named or group)[0]
            choices.append((lead.slug, in_language(lead, "name")))
        self.fields["industry"].choices = [("", NOT_ASKED), *choices]

    @property
    def answers(self):
        """The answers understood, as they stand in an address."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def query(self):
        return urlencode(self.answers)

    @property
    def ignored_labels(self):
        """The labels of the questions whose answers were not understood."""
        return [self.fields[name].label for name in self.errors]

    def get_needs(self):
        """Return what was asked for."""
        answers = {name: value for name, value in self.answers.items() if name != "industry"}
        return Needs(frozenset(industry.pk for industry in self.industries), **answers)
