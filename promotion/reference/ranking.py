"""How well a row's names answer what a reader asked for, and which part of a text does."""

import re
import unicodedata
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, F, IntegerChoices, Q, TextField, Value, When
from django.db.models.functions import Concat, Replace
from django.db.models.lookups import Contains, IContains

from promotion.reference.fields import query_words
from promotion.reference.readings import HAN_RUNS, pinyin_syllables

FRAGMENT_BEFORE, FRAGMENT_LENGTH = 20, 90
LONGEST_SENTENCE = 400
SENTENCE = re.compile(r"(?:[^。！？.!?\n]|[.!?](?!\s+[A-Z]))*[。！？.!?\n]*\s*")


class Match(IntegerChoices):
    """Where a query was found in a row, the best place first."""

    NAME = 0
    BEGINNING = 1
    PART_OF_NAME = 2
    PINYIN = 3
    TEXT = 4


def labelled_figures(model, words):
    """Return the figures about rows of a model whose labels hold any of the words."""
    in_label = Q()
    for word in words:
        in_label |= Q(label__icontains=word) | Q(label_en__icontains=word)
    figures = model._meta.get_field("figures").related_model.objects
    return figures.filter(in_label, subject_type=ContentType.objects.get_for_model(model))


def match_rank(text, texts):
    """Return the expression that says where a row that matches a cleaned query holds it.

    `texts` are the fields that are searched besides its names.
    """
    in_names, in_text = Q(), Q()
    for word in query_words(text):
        in_names &= (
            Q(name__icontains=word) | Q(name_en__icontains=word) | Q(aliases__icontains=word)
        )
        # What the search text lacks is in the label of a figure.
        in_text |= ~Q(search_text__contains=word)
        for field in texts:
            in_text |= Q(**{f"{field}__icontains": word})
    aliases = Concat(Value("、"), F("aliases"), Value("、"))
    reading = Replace("sort_key", Value(" "), Value(""), output_field=TextField())
    return Case(
        When(
            Q(name__iexact=text) | Q(name_en__iexact=text) | Q(IContains(aliases, f"、{text}、")),
            then=Value(Match.NAME),
        ),
        # The search text begins with the name, its full-width signs made plain.
        When(
            Q(search_text__startswith=text) | Q(name_en__istartswith=text),
            then=Value(Match.BEGINNING),
        ),
        When(in_names, then=Value(Match.PART_OF_NAME)),
        When(Contains(reading, text.replace(" ", "")), then=Value(Match.PINYIN)),
        When(in_text, then=Value(Match.TEXT)),
        # What is in neither is one of the readings that only the search text holds.
        default=Value(Match.PINYIN),
    )


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, which answers the query or not."""

    text: str
    is_marked: bool


def fold(text):
    """Return a text as it is compared, and for each of its signs the place it came from."""
    folded, places = [], []
    for place, sign in enumerate(text):
        plain = unicodedata.normalize("NFKC", sign).lower()
        folded.append(plain)
        places += [place] * len(plain)
    return "".join(folded), places


def find_words(text, query):
    """Return the places in a text that hold words of a query."""
    folded, places = fold(text)
    found = set()
    for word in query.split():
        start = folded.find(word)
        while start >= 0:
            end = start + len(word)
            found.update(range(places[start], places[end - 1] + 1))
            start = folded.find(word, end)
    return found


def find_reading(text, query):
    """Return the places of the Chinese in a text whose pinyin or initials are the query."""
    syllables, position = [], 0
    for index, run in enumerate(HAN_RUNS.split(text)):
        if index % 2:
            syllables += enumerate(pinyin_syllables(run), start=position)
        position += len(run)
    places = [place for place, _syllable in syllables]
    readings = [syllable for _place, syllable in syllables]
    wanted = query.replace(" ", "")
    for start in range(len(readings)):
        if "".join(readings[start:]).startswith(wanted):
            end = start
            while len("".join(readings[start:end])) < len(wanted):
                end += 1
            return set(places[start:end])
    start = "".join(syllable[0] for syllable in readings).find(wanted)
    return set(places[start : start + len(wanted)]) if start >= 0 else set()


def split_at(text, found):
    """Return a text in pieces, those at the places found marked."""
    pieces, start = [], 0
    for end in range(1, len(text) + 1):
        if end == len(text) or (end in found) != (start in found):
            pieces.append(Piece(text[start:end], start in found))
            start = end
    return pieces


def mark_name(name, query):
    """Return a name in pieces, the part that answers a cleaned query marked."""
    found = find_words(name, query)
    if not found and query.isascii():
        found = find_reading(name, query)
    return split_at(name, found)


def stretch_around(text, place):
    """Return where a short stretch of a text around a place begins and ends.

    It is of whole sentences: one that is cut may say of a plan what is true of a fact. Only of a
    text that is none, so long is it, a part is shown.
    """
    start = end = 0
    for sentence in SENTENCE.finditer(text):
        if end > place and sentence.end() - start > FRAGMENT_LENGTH:
            break
        if end <= place:
            start = sentence.start()
        end = sentence.end()
    if end - start > LONGEST_SENTENCE:
        start = max(place - FRAGMENT_BEFORE, start)
        end = min(start + FRAGMENT_LENGTH, end)
    return start, end


def mark_fragment(text, query):
    """Return a short stretch of a text around what answers a cleaned query, or nothing."""
    found = find_words(text, query)
    if not found:
        return []
    start, end = stretch_around(text, min(found))
    pieces = split_at(text[start:end], {place - start for place in found})
    before = [Piece("…", False)] if start else []
    after = [Piece("…", False)] if end < len(text) else []
    return [*before, *pieces, *after]


def is_marked(pieces):
    return any(piece.is_marked for piece in pieces)
