"""Numbers as people write them → their value: 300000, 300.000, 300 000, 300,000 and ٣٠٠٠٠٠ are the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import filterfalse

import regex

from rag.types import primary_language


class _Digits(dict[int, int | str]):
    """For `str.translate`: the digits of all scripts in ASCII, each looked up once."""

    def __missing__(self, code: int) -> int | str:
        value = unicodedata.decimal(chr(code), None)
        self[code] = code if value is None else str(value)
        return self[code]


DIGITS = _Digits()
_ZEROS = "0٠۰०০੦૦୦௦౦೦൦๐໐༠၀០０"
_D = r"\p{Nd}"
_SPACES = " \u00a0\u2007\u2009\u202f"
_MARKS = ".,٫٬،．，"
_GROUPED = (
    rf"(?P<first>(?![{_ZEROS}]){_D}{{1,3}})"
    rf"(?:(?P<mark>[{_MARKS}'’{_SPACES}]){_D}{{3}}(?:(?P=mark){_D}{{3}})*|(?:[,，]{_D}{{2}})+[,，]{_D}{{3}})"
    rf"(?P<fraction>(?!(?P=mark))[{_MARKS}]{_D}+)?"
)
_SPACED = regex.compile(rf"[{_SPACES}]")
# 10.1998 is a month, and 1998,1999 are two years
_NO_DECIMAL = rf"(?!{_D}{{1,2}}\.(?:1[5-9]|20){_D}{{2}}(?!{_D})|{_D}{{4}}[.,]{_D}{{4}}(?!{_D}))"
_DECIMAL = rf"{_NO_DECIMAL}(?P<whole>{_D}+)[{_MARKS}](?P<decimals>{_D}+)"
# 20.15 Uhr is a time of day and 13.10. a day, which are two numbers each; a telephone number is as many as it has parts
_CLOCK = rf"(?!{_D}{{1,2}}\.{_D}{{2}}(?:\.|\s?(?:Uhr|h|[ap]\.?m)\b))"
_LETTER = r"[[\p{L}\p{N}\p{M}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]"

# £1.5m and $ 3bn, but 3m alone are metres; 30만원 and 3억 5000만; in Han the sign is a part of words
_SIGNED = (
    rf"[$€£¥₹][ \u00a0]?(?P<amount>{_D}{{1,9}}(?:[.,]{_D}{{1,9}}){{0,4}}+)(?P<scale>(?i:tn|bn|mn|m|k))(?!{_LETTER})"
)
_MYRIADS = {"만": 4, "억": 8, "조": 12}
_HAN_MYRIADS = {"万": 4, "萬": 4, "億": 8, "亿": 8, "兆": 12}
_MYRIAD = rf"(?P<part>{_D}+(?:[,，]{_D}{{3}})*(?:[.．]{_D}+)?)(?P<myriad>[{''.join(_MYRIADS)}])"
_MYRIAD_AGAIN = regex.sub(r"\?P<\w+>", "", _MYRIAD)
_IN_MYRIADS = (
    rf"(?<!{_LETTER}|{_D}[{_MARKS}]){_MYRIAD_AGAIN}(?:[ ]?{_MYRIAD_AGAIN})*(?:{_D}{{1,4}}(?![{_MARKS}]?{_D}))?"
)

NUMBER = (
    # nearly all words begin with a letter: the rest is not tried there
    rf"(?:{_SIGNED}|(?={_D})(?:{_IN_MYRIADS}|"
    rf"(?<!{_LETTER}|{_D}|{_D}[{_MARKS}/:'’])(?<!\+{_D}*[ ]?)(?<!{_D}[{_SPACES}](?={_D}{{1,3}}[{_SPACES}]{_D}))"
    rf"{_CLOCK}(?:{_GROUPED}|{_DECIMAL})"
    rf"(?!{_LETTER}|{_D}|[{_MARKS}/:'’]{_D}|(?<=[{_SPACES}]{_D}{{3}})[{_SPACES}]{_D})))"
)
"""A pattern of numbers that are written with marks between their digits."""

_SIGNED_NUMBER = regex.compile(rf"(?V1){_SIGNED}")
_MYRIAD_PARTS = regex.compile(_MYRIAD)
# NFKC makes ½ a 1, a stroke and a 2
_VULGAR = regex.compile(rf"(?P<units>{_D}{{0,9}})(?P<vulgar>[¼-¾⅐-⅞])")
_NUMBER = regex.compile(rf"(?V1)(?:{_GROUPED}|{_DECIMAL})")
_VALUE = regex.compile(r"\d+(?:\.\d+)?")
_CLOCK_LIKE = regex.compile(rf"{_D}{{1,2}}\.{_D}{{2}}")
_MAX_DIGITS = 40

# in these languages a point begins the decimals, in all others a comma
_POINT = frozenset(
    ("bn", "cy", "en", "fil", "ga", "he", "hi", "iw", "ja", "km", "ko", "mr", "ms", "my", "ne", "pa", "si", "sw", "ta",
     "te", "th", "tl", "ur", "zh")
)  # fmt: skip

_BILLION = 12
_WORDS = {
    3: ("tausend", "tsd", "thousand", "mila", "mil", "duizend", "tusen", "tusind", "tys", "тыс", "тысяч", "тысячи"),
    5: ("lakh", "lakhs", "लाख"),
    6: ("million", "millionen", "mio", "mill", "millions", "millioni", "milioni", "milione", "millones", "millon",
        "milhos", "milhao", "miljoen", "miljoner", "miljonen", "millioner", "milion", "miliony", "milionow", "milionu",
        "milyon", "mln", "миллион", "миллиона", "миллионов", "млн", "мільион", "мільиона", "мільионів", "мільиони"),
    7: ("crore", "crores", "करोड़", "करोड"),
    9: ("milliarde", "milliarden", "mrd", "milliard", "milliards", "miliardi", "miliardo", "miliard", "miliardy",
        "miliardow", "milyar", "miljard", "miljarder", "miljarden", "milliarder", "mld", "billion", "billions", "bn",
        "bilhos", "bilhao",
        "млрд", "миллиард", "миллиарда", "миллиардов", "мільярд", "мільярда", "мільярдів", "мільярди"),
    _BILLION: ("billionen", "billones", "billon", "biliony", "trillion", "trillions"),
}  # fmt: skip
_SHORT_SCALES = {"k": 3, "m": 6, "mn": 6, "bn": 9, "tn": 12}
_FOUR_PLACES = Decimal("0.0001")
_SCALES = {word: power for power, words in _WORDS.items() for word in words}


def value_of(text: str) -> str | None:
    """Return the value of a number with marks between its digits, without the marks; None for any other text.

    Three digits after a single mark are taken for thousands: 3.500 and 3,500 are 3500. The decimals of 3,50 are those
    of 3.5.
    """
    # nearly all words are letters alone
    if text.isalpha():
        return None
    number = _NUMBER.fullmatch(text)
    if not number:
        return _value_of_signs(text)
    if number["first"] is not None:
        fraction = number["fraction"] or ""
        integer = _digits(text[: len(text) - len(fraction)])
        return _plain(integer, _digits(fraction))
    return _plain(_digits(number["whole"]), _digits(number["decimals"]))


def _value_of_signs(text: str) -> str | None:
    """Return the value of a number with a sign after its digits: £1.5m, 30만, 2½; None for any other text."""
    if len(text) > _MAX_DIGITS:
        return None
    if signed := _SIGNED_NUMBER.fullmatch(text):
        return _scaled(value_of(signed["amount"]) or _digits(signed["amount"]), _SHORT_SCALES[signed["scale"].lower()])
    if vulgar := _VULGAR.fullmatch(text):
        part = Decimal(unicodedata.numeric(vulgar["vulgar"])).quantize(_FOUR_PLACES)
        return _written_out(int(vulgar["units"] or 0) + part)
    parts = list(_MYRIAD_PARTS.finditer(text))
    if not parts or parts[0].start():
        return None
    values = [Decimal(_decimal(part["part"])).scaleb(_MYRIADS[part["myriad"]]) for part in parts]
    units = text[parts[-1].end() :]
    return (
        _written_out(sum(values, Decimal(_digits(units) or 0)))
        if not units or _digits(units) == units.translate(DIGITS)
        else None
    )


def _decimal(text: str) -> str:
    integer, _, decimals = text.replace("．", ".").partition(".")
    return f"{_digits(integer)}.{_digits(decimals) or 0}"


def alternative_readings(text: str, language: str | None) -> tuple[str, ...]:
    """Return the other readings of a number; none if its value is certain.

    13 100 may be two numbers, 3,500 three and a half where a comma may begin decimals, and in a question 20.15 a time.

    Args:
        language: of a text (BCP-47); None for a question, which may be in any language.
    """
    if text.isalpha():
        return ()
    if signed := _SIGNED_NUMBER.fullmatch(text):
        # as the same is read without its sign
        return tuple(f"{signed['amount']}{signed['scale']}".lower().translate(DIGITS).replace(",", ".").split("."))
    if not (number := _NUMBER.fullmatch(text)):
        return ()
    if _SPACED.search(text) or (language is None and _CLOCK_LIKE.fullmatch(text)):
        return tuple(part.translate(DIGITS) for part in regex.findall(rf"{_D}+", text))
    mark = number["mark"]
    decimals = "." if language and primary_language(language).lower() in _POINT else ","
    last = _digits(text)[-3:]
    if language is None or mark != decimals or number["fraction"] or text.count(mark) > 1 or last == "000":
        return ()
    return (_plain(_digits(number["first"]), last),)


def is_number(word: str) -> bool:
    """Whether a folded word is a number."""
    return not word.isalpha() and _VALUE.fullmatch(word) is not None


def has_number(words: Iterable[str]) -> bool:
    """Whether one of the folded words is a number."""
    # nearly all are letters alone, which takes a tenth of the time to see here
    return any(map(is_number, filterfalse(str.isalpha, words)))


def scaled_value(number: str, word: str, language: str | None) -> str | None:
    """Return the value of two folded words such as 1.5 and million, or 30 and 万円; None for any other pair.

    A billion is a million millions in German, and a thousand elsewhere.
    """
    power = _SCALES.get(word) or _HAN_MYRIADS.get(word[:1])
    if power is None or len(number) > _MAX_DIGITS or not is_number(number):
        return None
    if word == "billion" and language is not None and primary_language(language).lower() == "de":
        power = _BILLION
    return _scaled(number, power)


def _scaled(number: str, power: int) -> str:
    return _written_out(Decimal(number).scaleb(power))


def _written_out(value: Decimal) -> str:
    integer, _, decimals = f"{value:f}".partition(".")
    return _plain(integer, decimals)


def with_scales(words: Sequence[str], language: str | None) -> list[str]:
    """Return folded words with each number and the million after it as a single number."""
    if _SCALES.keys().isdisjoint(words) and _HAN_MYRIADS.keys().isdisjoint("".join(words)):
        return list(words)
    merged: list[str] = []
    for word, following in zip(words, [*words[1:], ""], strict=True):
        value = scaled_value(merged[-1], word, language) if merged else None
        if value is None:
            merged.append(word)
            continue
        merged[-1] = value
        # 万円 before を is followed by 円を, which holds the rest; at an end, nothing does
        if word[0] in _HAN_MYRIADS and len(word) > 1 and not following.startswith(word[1:]):
            merged.append(word[1:])
    return merged


def _digits(text: str) -> str:
    return "".join(digit for digit in text.translate(DIGITS) if digit.isascii() and digit.isdigit())


def _plain(integer: str, decimals: str) -> str:
    decimals = decimals.rstrip("0")
    return f"{integer.lstrip('0') or '0'}.{decimals}" if decimals else integer.lstrip("0") or "0"
