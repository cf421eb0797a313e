"""Numbers and months as Chinese and English prose write them, read so that they can be compared.

Each language has two readings. `stated` holds what plainly is a number and must stand in the other
language too; `possible` holds everything that may be one (五优, both, the ten best), and is only
ever looked into for what the other language states.
"""

import re
import unicodedata
from decimal import Decimal

DIGITS = {
    mark: value for value, marks in enumerate(["零〇", *"一二三四五六七八九"]) for mark in marks
}
DIGITS["两"] = 2
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}
NUMERAL = f"[{''.join([*DIGITS, *TENS, *MYRIADS])}]+"
# What a Chinese numeral counts; without one it may be part of a name (五优, 六市一区, 三级).
MEASURES = "个家项次段届座条处种名位人岁倍批所幢栋层间套台年大类轮场笔份篇元"
CHINESE_SCALES = {
    "万亿": 10**12,
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 10**3,
    "百": 10**2,
}
CHINESE_AMOUNT = re.compile(
    r"(?<![A-Za-z\d.])(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(\.\d+)?\s*[余多]?\s*"
    rf"((?:{'|'.join(CHINESE_SCALES)})(?![米克瓦分]))?"
)
CHINESE_MONTH = re.compile(rf"(\d{{1,2}}|{NUMERAL})\s*月")
CHINESE_COUNT = re.compile(rf"(?<![第数几上])({NUMERAL})[余多]?(?=[{MEASURES}]|平方|公里|亩)")
PERCENT = re.compile(rf"百分之({NUMERAL})(?:点([{''.join(DIGITS)}]+))?")
CHINESE_HINTS = {"双": 2, "首": 1, "半": Decimal("0.5")}

UNITS_EN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS_EN = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = {word: value for value, word in enumerate(UNITS_EN)} | {
    word: 10 * value for value, word in enumerate(TENS_EN, start=2)
}
SCALES = {
    "hundred": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
SCALE = "|".join(SCALES)
ENGLISH_AMOUNT = re.compile(
    r"(?<![A-Za-z\d.,])(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(\.\d+)?"
    rf"((?:[\s-]+(?:{SCALE})\b)*)",
    re.IGNORECASE,
)
WORD = f"(?:{'|'.join([*WORDS, *SCALES])})"
ENGLISH_WORDS = re.compile(
    rf"\b{WORD}\b(?:[\s-]+(?:(?<=hundred )and\s+|(?<=thousand )and\s+)?{WORD}\b)*", re.IGNORECASE
)
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MONTH_NAMES = {
    name: number for number, month in enumerate(MONTHS, start=1) for name in (month, month[:3])
} | {"Sept": 9}
# May and March are also other words: they are months only beside a number.
ENGLISH_MONTH = re.compile(
    rf"\b({'|'.join(sorted(MONTH_NAMES, key=len, reverse=True))})\b\.?(?=(\s+\d)?)"
)
DAY_BEFORE = re.compile(r"\d\s+\Z")
DOUBTFUL_MONTHS = {"May", "March", "Mar"}
ORDINALS = (
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)
ENGLISH_HINTS = {
    "both": 2,
    "neither": 2,
    "either": 2,
    "pair": 2,
    "double": 2,
    "twice": 2,
    "half": Decimal("0.5"),
    "dozen": 12,
    "decade": 10,
    "century": 100,
} | {
    word: number
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
        ],
        start=1,
    )
}
ROMAN = {"II": 2, "III": 3, "IV": 4}


def month(number):
    """Return how a month is told from a number."""
    return f"{number}月"


def read_numeral(text):
    """Return what a Chinese numeral says (二百五十, 二〇二二), or None where it is none."""
    if len(text) > 1 and all(mark in DIGITS for mark in text):
        return int("".join(str(DIGITS[mark]) for mark in text))
    total = section = 0
    digit = None
    for mark in text:
        if mark in DIGITS:
            if digit:
                return None
            digit = DIGITS[mark]
            continue
        if mark in TENS:
            section += (1 if digit is None else digit) * TENS[mark]
        elif mark == "亿":
            total = (total + section + (digit or 0) or 1) * MYRIADS[mark]
            section = 0
        else:
            total += (section + (digit or 0) or 1) * MYRIADS[mark]
            section = 0
        digit = None
    return total + section + (digit or 0)


def digits(whole, fraction, scale=1):
    return Decimal(whole.replace(",", "") + (fraction or "")) * scale


def fold(text):
    """Return a text with full-width digits and letters as plain ones."""
    return unicodedata.normalize("NFKC", text.replace("，", "、"))


def numeral_readings(text):
    """Yield every number that any part of any run of Chinese numerals may stand for."""
    for run in re.findall(NUMERAL, text):
        for start in range(len(run)):
            for end in range(start + 1, len(run) + 1):
                yield read_numeral(run[start:end])


def chinese_numbers(text):
    """Return (stated, possible) of a Chinese text: numbers, and months as 10月."""
    text = fold(text)
    stated, possible = set(), set()
    for found in CHINESE_MONTH.findall(text):
        stated.add(month(int(found) if found.isdecimal() else read_numeral(found)))
    text = CHINESE_MONTH.sub(" ", text)
    for whole, fraction in PERCENT.findall(text):
        number = str(read_numeral(whole))
        tail = "".join(str(DIGITS[mark]) for mark in fraction)
        stated.add(Decimal(f"{number}.{tail}" if tail else number))
    possible.update(map(Decimal, filter(None, numeral_readings(text))))
    text = PERCENT.sub(" ", text)
    for whole, fraction, scale in CHINESE_AMOUNT.findall(text):
        stated.add(digits(whole, fraction, CHINESE_SCALES.get(scale, 1)))
    text = CHINESE_AMOUNT.sub(" ", text)
    for found in CHINESE_COUNT.findall(text):
        number = read_numeral(found)
        # 一个 is often no more than an article, and 百家 or 万人 alone is a manner of speaking.
        if (
            number is not None
            and number > 1
            and any(mark in DIGITS or mark == "十" for mark in found)
        ):
            stated.add(Decimal(number))
    possible.update(Decimal(value) for mark, value in CHINESE_HINTS.items() if mark in text)
    return stated, stated | possible


def read_words(text):
    """Return what English number words say: two hundred and fifty, twenty-one."""
    total = section = 0
    for word in re.split(r"[\s-]+", text.lower()):
        if word in WORDS:
            section += WORDS[word]
        elif word == "hundred":
            section = (section or 1) * 100
        elif word in SCALES:
            total += (section or 1) * SCALES[word]
            section = 0
    return total + section


def english_numbers(text):
    """Return (stated, possible) of an English text, as chinese_numbers does of a Chinese one."""
    text = fold(text)
    stated, possible = set(), set()
    for found in ENGLISH_MONTH.finditer(text):
        is_dated = found[2] or DAY_BEFORE.search(text[: found.start()])
        reading = month(MONTH_NAMES[found[1]])
        (possible if found[1] in DOUBTFUL_MONTHS and not is_dated else stated).add(reading)
    for whole, fraction, scales in ENGLISH_AMOUNT.findall(text):
        number = digits(whole, fraction)
        for scale in re.findall(SCALE, scales.lower()):
            number *= SCALES[scale]
        stated.add(number)
    rest = ENGLISH_AMOUNT.sub(" ", text)
    for found in ENGLISH_WORDS.findall(rest):
        number = read_words(found)
        (stated if number > 1 else possible).add(Decimal(number))
    lower = rest.lower()
    possible.update(
        Decimal(value) for word, value in ENGLISH_HINTS.items() if re.search(rf"\b{word}", lower)
    )
    possible.update(Decimal(value) for word, value in ROMAN.items() if f" {word} " in f" {rest} ")
    return stated, stated | possible
