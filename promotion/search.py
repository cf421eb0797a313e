"""Search over everything public: by Chinese of any length, pinyin, initials and English."""

from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.core.paginator import Paginator
from django.db.models import Case, F, IntegerField, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Concat, Lower, Replace, Trim
from django.db.models.lookups import Contains
from django.utils.translation import gettext_lazy as _

from promotion.reference.fields import normalize_search_text, query_words
from promotion.reference.filters import MAX_QUERY_LENGTH
from promotion.reference.lettering import printable
from promotion.reference.models import Figure, subject_models
from promotion.reference.pieces import nearest_rows
from promotion.reference.ranking import (
    Match,
    Piece,
    is_marked,
    labelled_figures,
    mark_fragment,
    mark_name,
    match_rank,
)
from promotion.reference.readings import pinyin_syllables
from promotion.reference.records import PublicRecord, in_one
from promotion.reference.services import (
    CHINESE_TAG,
    ENGLISH_TAG,
    Link,
    LinkQuery,
    count_rows,
    language_tag,
    nearest_page,
)

HITS_OF_A_KIND = 5
HITS_ON_A_PAGE = 24
MAX_SUGGESTIONS = 8
MAX_NEAREST = 5
MAX_CANDIDATES = 40
MAX_LOOKED_AT = 400
"""Of how many rows of a kind the names are compared, where an index tells which may be near."""
MAX_GRAMS = 12
OTHER_NAMES = {CHINESE_TAG: _("中文名称"), ENGLISH_TAG: _("英文名称")}
# Among equally good matches, what readers mostly look for first.
CLUES = ["text", "text_en", "figure", "figure_en"]
"""The columns in which what was found can be shown where no name tells."""
KINDS_FIRST = ["park", "incubator", "company", "belt", "industry", "program", "policy", "event"]


def clean_query(text):
    """Return what a reader typed as it is searched for: printable and not too long."""
    # One sign may stand for a whole phrase, which takes its place here.
    return normalize_search_text(printable(text)[:MAX_QUERY_LENGTH])[:MAX_QUERY_LENGTH].strip()


def searched_models():
    """Return the models of everything that can be found, by name, the most looked for first."""
    models = {model._meta.model_name: model for model in subject_models(PublicRecord)}
    others = [kind for kind in models if kind not in KINDS_FIRST]
    return {kind: models[kind] for kind in [*KINDS_FIRST, *others]}


@dataclass
class Hit:
    """A row that was found: its name as the page shows it, and what else tells why."""

    kind: str
    rank: int
    link: Link
    name: list[Piece]
    name_language: str = ""
    reason: str = ""
    evidence: list[Piece] = field(default_factory=list)
    evidence_language: str = ""

    @property
    def kind_name(self):
        return self.link.model._meta.verbose_name


@dataclass
class Kind:
    """What a search found of one kind."""

    key: str
    name: str
    total: int
    hits: list[Hit] = field(default_factory=list)

    def is_named_by(self, text):
        """Tell whether the query is, or begins, the kind's own name: 孵化 begins 孵化器."""
        return len(text) > 1 and self.name.lower().startswith(text)

    @property
    def is_cut(self):
        return self.total > len(self.hits)


@dataclass
class Results:
    """What a search found: how much of each kind, and the hits that one page shows."""

    text: str
    kinds: list[Kind] = field(default_factory=list)
    chosen: Kind | None = None
    page: object = None

    @property
    def total(self):
        return sum(kind.total for kind in self.kinds)

    @property
    def shown(self):
        """The kinds whose hits are shown, best first."""
        return [self.chosen] if self.chosen else self.kinds


def joined(fields):
    """Return the expression for the texts of fields, one after the other."""
    parts = [part for field in fields for part in (F(field), Value(" "))]
    return Trim(Concat(*parts, output_field=TextField()))


def clues_to(text):
    """Return what gives, for a model, the expressions for where a cleaned query may be found."""

    def clues(model):
        figures = labelled_figures(model, query_words(text)).filter(subject_id=OuterRef("pk"))
        return {
            "text": joined(name for name in model.searched_texts if not name.endswith("_en")),
            "text_en": joined(name for name in model.searched_texts if name.endswith("_en")),
            "figure": Subquery(figures.values("label")[:1]),
            "figure_en": Subquery(figures.values("label_en")[:1]),
        }

    return clues


def no_clues(_model):
    """Return the columns of clues empty, for where names alone are shown."""
    return dict.fromkeys(CLUES, Value("", output_field=TextField()))


def make_hit(text, kind, rank, link, aliases, clue_texts):
    """Return a found row as a hit that says why it was found where its name does not tell."""
    here = language_tag()
    there = CHINESE_TAG if here == ENGLISH_TAG else ENGLISH_TAG
    names = {CHINESE_TAG: link.name, ENGLISH_TAG: link.name_en}
    texts = dict(zip([CHINESE_TAG, ENGLISH_TAG], clue_texts[:2], strict=True))
    figures = dict(zip([CHINESE_TAG, ENGLISH_TAG], clue_texts[2:], strict=True))
    language = here if names[here] else CHINESE_TAG
    other = there if language == here else here
    hit = Hit(kind, rank, link, mark_name(names[language], text), language if other == here else "")
    if is_marked(hit.name):
        return hit
    clues = [
        (OTHER_NAMES[other], other, mark_name(names[other], text)),
        *((_("别名"), CHINESE_TAG, mark_name(alias, text)) for alias in aliases.split("、")),
        ("", here, mark_fragment(texts[here], text)),
        ("", there, mark_fragment(texts[there], text)),
        (Figure._meta.verbose_name, here, mark_fragment(figures[here] or "", text)),
        (Figure._meta.verbose_name, there, mark_fragment(figures[there] or "", text)),
    ]
    for reason, language, pieces in clues:
        if is_marked(pieces):
            hit.reason, hit.evidence = str(reason), pieces
            hit.evidence_language = "" if language == here else language
            break
    return hit


def rank_by(text):
    """Return what gives, for a model, the expression for how well a row answers a query."""
    return lambda model: match_rank(text, model.searched_texts)


def fetch_hits(text, querysets, rank, clues=no_clues, limit=None):
    """Return the rows of the querysets, given by kind, as hits, from one query.

    `rank` gives the expression that orders the rows of a model, the smallest first, and `clues`
    those that tell why they were found; no more than `limit` are read.
    """
    if not querysets:
        return []
    queries = {
        kind: LinkQuery(kind, rows.annotate(rank=rank(rows.model), **clues(rows.model)))
        for kind, rows in querysets.items()
    }
    rows = in_one(
        query.rows(position, "rank", "aliases", "sort_key", *CLUES)
        for position, query in enumerate(queries.values())
    )
    kinds = list(queries)
    hits = []
    for row in rows.order_by("rank", "sort_key")[:limit]:
        *values, position, rank_of_row, aliases, _key = row[: -len(CLUES)]
        kind = kinds[position]
        link = Link(kind, queries[kind].model, *values)
        hits.append(make_hit(text, kind, rank_of_row, link, aliases, row[-len(CLUES) :]))
    return hits


def best_of(rows, text, start=0, end=HITS_OF_A_KIND):
    """Return the rows of one model from one place in the order of relevance to another."""
    best = rows.matching(text).by_relevance(text)[start:end]
    return rows.model._default_manager.filter(pk__in=best.values("pk"))


def search(text, kind="", page=1):
    """Return what is public and holds every word of a cleaned query.

    Two queries: one counts each kind, one fetches the best few of each, or a page of one kind.
    """
    results = Results(text)
    if not text:
        return results
    public = {key: model.objects.published() for key, model in searched_models().items()}
    counts = count_rows(**{key: rows.matching(text) for key, rows in public.items()})
    results.kinds = [
        Kind(key, str(rows.model._meta.verbose_name_plural), counts[key])
        for key, rows in public.items()
        if counts[key]
    ]
    by_key = {found.key: found for found in results.kinds}
    if len(by_key) == 1:
        kind = results.kinds[0].key
    results.chosen = by_key.get(kind)
    if results.chosen:
        results.page = nearest_page(Paginator(range(counts[kind]), HITS_ON_A_PAGE), page)
        shown = results.page.object_list
        querysets = {kind: best_of(public[kind], text, shown.start, shown.stop)}
    else:
        querysets = {key: best_of(public[key], text) for key in by_key}
    for hit in fetch_hits(text, querysets, rank_by(text), clues_to(text)):
        by_key[hit.kind].hits.append(hit)
    if not results.chosen:
        # Rows may have been withdrawn since they were counted.
        results.kinds = [found for found in results.kinds if found.hits]
        # Sorting is stable: among equals the kinds stay in their order of importance.
        results.kinds.sort(key=lambda found: (not found.is_named_by(text), found.hits[0].rank))
    return results


def public_pages():
    """Return what is public and has a page of its own, by kind."""
    return {
        kind: model.objects.published() for kind, model in searched_models().items() if model.page
    }


def suggest(text):
    """Return the rows whose names answer best what has been typed so far, from one query."""
    if not text:
        return []
    querysets = {kind: rows.matching(text) for kind, rows in public_pages().items()}
    limit = MAX_SUGGESTIONS * len(querysets)
    hits = fetch_hits(text, querysets, rank_by(text), limit=limit)
    order = list(querysets)
    named = [hit for hit in hits if hit.rank < Match.TEXT]
    named.sort(key=lambda hit: (hit.rank, order.index(hit.kind), hit.link.sort_key))
    return named[:MAX_SUGGESTIONS]


def reading_of(text):
    """Return how a text sounds, in one word."""
    syllables = [text] if text.isascii() else pinyin_syllables(text)
    return "".join(syllables).replace(" ", "")


def grams(text):
    """Return the short pieces by which a misspelt name can still be recognised."""
    reading = reading_of(text)
    chinese = [text[start : start + 2] for start in range(len(text) - 1)]
    latin = [reading[start : start + 3] for start in range(max(len(reading) - 2, 1))]
    pieces = [*(pair for pair in chinese if not pair.isascii()), *latin]
    return list(dict.fromkeys(piece for piece in pieces if piece.strip()))[:MAX_GRAMS]


def nearest(text):
    """Return the public rows whose names come nearest to a query that found nothing."""
    pieces = grams(text)
    if not pieces:
        return []
    names = Lower(
        Concat(
            *("name", Value(" "), "name_en", Value(" "), "aliases", Value(" ")),
            Replace("sort_key", Value(" "), Value(""), output_field=TextField()),
            output_field=TextField(),
        )
    )
    shared = sum(
        (
            Case(When(Contains(names, piece), then=1), default=0, output_field=IntegerField())
            for piece in pieces
        ),
        Value(0),
    )
    enough = len(pieces) // 3 + 1
    near = {
        kind: nearest_rows(rows, pieces, enough, MAX_LOOKED_AT)
        for kind, rows in public_pages().items()
    }
    hits = fetch_hits(text, near, lambda _model: -shared, limit=MAX_CANDIDATES)
    hits = [hit for hit in hits if -hit.rank >= enough]
    reading = reading_of(text)

    def likeness(hit):
        """Names that sound the same come first, then those that begin or are spelt most alike."""
        forms = [hit.link.name.lower(), hit.link.name_en.lower(), hit.link.sort_key]
        forms = [form.replace(" ", "") for form in forms]
        ratios = (
            SequenceMatcher(None, asked, spelt).ratio()
            for asked in (text, reading)
            for form in forms
            for spelt in (form, form[: len(asked)])
        )
        return reading in forms[-1], max(ratios)

    return sorted(hits, key=likeness, reverse=True)[:MAX_NEAREST]
