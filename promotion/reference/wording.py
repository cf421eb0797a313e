"""How far a statement has come true, in words: the same on pages, in sheets and in feeds."""

from django.utils.translation import gettext as _

from promotion.reference.claims import OPEN_CLAIMS, OPEN_STAGES, Statement
from promotion.reference.templatetags.quantities import partial_date
from promotion.reference.vocabulary import ClaimStatus, Stage


def claim_labels(statement):
    """Return (code, word) for each way in which something has not come about yet.

    What is planned needs not be called so twice: a stage before operation says as much.
    """
    labels = []
    stage = getattr(statement, "stage", "")
    if stage in OPEN_STAGES:
        labels.append((str(stage), Stage(stage).label))
    status = getattr(statement, "claim_status", "")
    if status in OPEN_CLAIMS and not (labels and status == ClaimStatus.PLANNED):
        labels.append((str(status), ClaimStatus(status).label))
    return labels


def unconfirmed_words(statement):
    """Return since when what was to come is unconfirmed, in words; "" while it may still come."""
    since = statement.unconfirmed_since() if isinstance(statement, Statement) else ""
    return _("自%(date)s起未见证实") % {"date": partial_date(since)} if since else ""


def claim_words(statement):
    """Return in one text how far a statement has come true; "" where it has, or makes no claim."""
    words = [str(label) for _code, label in claim_labels(statement)]
    return " · ".join(filter(None, [*words, unconfirmed_words(statement)]))


def status_words(statement):
    """Return how far a statement has come true, also where it has; "" where it makes no claim."""
    if words := claim_words(statement):
        return words
    if status := getattr(statement, "claim_status", ""):
        return str(ClaimStatus(status).label)
    stage = getattr(statement, "stage", "")
    return str(Stage(stage).label) if stage else ""
