"""How Chinese is read: toneless syllables, word by word, as pypinyin reads them.

pypinyin's tables take 54 MiB of each process and a third of a second. They are kept as a file
beside the database instead, which all processes map into 3 MiB.
"""

import re
import tempfile
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

WORDS_REMEMBERED = 10_000
RUNS_REMEMBERED = 1_000
# What pypinyin takes for Chinese.
HAN_RUNS = re.compile(
    "((?:[\u3007\ue815-\ue864\ufa18\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a703-\U0002b73f\U0002b740-\U0002b81d\U0002b825-\U0002bf6e"
    "\U0002c029-\U0002ce93\U0002d016\U0002d11b-\U0002ebd9\U0002f80a-\U0002fa1f"
    "\U00030000-\U0003134a\U000300f7-\U00031288\U00030edd\U00030ede\U00031350-\U00032389])+)"
)


@cache
def words_and_characters():
    """Return all words and single characters that are known, each with its syllables.

    Whichever process first finds no file, none for this release of pypinyin or one that is damaged
    makes it; where none can be kept it goes without.
    """
    from marisa_trie import BytesTrie  # noqa: PLC0415 pages that read no Chinese go without

    path = settings.VAR_DIR / f"pinyin-{version('pypinyin')}.marisa"
    try:
        return BytesTrie().mmap(str(path))
    except (OSError, RuntimeError):
        known = BytesTrie(readings())
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            known.save(str(Path(folder, path.name)))
            Path(folder, path.name).replace(path)
    except (OSError, RuntimeError):
        return known
    return BytesTrie().mmap(str(path))


def readings():
    """Yield what pypinyin reads, and its syllables without tones, parted by blanks."""
    from pypinyin import Style  # noqa: PLC0415 see the head of the module
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT  # noqa: PLC0415
    from pypinyin.style import convert  # noqa: PLC0415

    @cache
    def toneless(syllable):
        return convert(syllable, Style.NORMAL, strict=True)

    for word, syllables in PHRASES_DICT.items():
        yield word, " ".join(toneless(first) for first, *_others in syllables).encode()
    for code, syllables in PINYIN_DICT.items():
        yield chr(code), toneless(syllables.partition(",")[0]).encode()


@lru_cache(RUNS_REMEMBERED)
def words_of(run):
    """Return the words of a run of Chinese: each the longest known one that begins there.

    Word for word what pypinyin's `mmseg` finds: a rest that begins a longer word is no words but
    single characters. A name is asked for its sort key, search text and slug in turn.
    """
    known, words, start = words_and_characters(), [], 0
    while start < len(run):
        rest = run[start:]
        word = max(known.prefixes(rest), key=len, default=rest[0])
        if len(word) == 1 < len(rest) and any(known.iterkeys(rest)):
            return [*words, *rest]
        words.append(word)
        start += len(word)
    return words


@lru_cache(WORDS_REMEMBERED)
def syllables_of(word):
    """Return the syllables of a word, none if it cannot be read.

    Names share their words (科技, 有限公司): each is read once and remembered.
    """
    found = words_and_characters().get(word)
    return tuple(found[0].decode().split()) if found else ()


def pinyin_syllables(text, *, keep_others=True):
    """Return a text's toneless syllables, and whole what stands between them unless told not to.

    The same as pypinyin's `lazy_pinyin`.
    """
    syllables = []
    for index, run in enumerate(HAN_RUNS.split(text)):
        for piece in words_of(run) if index % 2 else filter(None, [run]):
            syllables += syllables_of(piece) or ([piece] if keep_others else [])
    return syllables


def pinyin_forms(text):
    """Return the joined pinyin and the initials of a text's Chinese (未来岛: weilaidao, wld)."""
    syllables = pinyin_syllables(text, keep_others=False)
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def spaced_pinyin(text):
    """Return a text with its Chinese as toneless syllables, so that sorting follows the reading."""
    return " ".join(pinyin_syllables(text))
