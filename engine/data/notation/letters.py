"""Which encoding bytes that are no UTF-8 are likely written in, told by the letters that each would make of them.

Every encoding is tried. A letter costs the more the rarer it is where that encoding is used, with a surcharge for what
words do not do: a capital after a small letter, a sign between two letters, two scripts in one word. The cheapest wins.
Few words are enough, where statistics over whole pages are not to be had.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial

_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфіїєъёґў"  # commonest first, as in all of these
_GREEK = "αοιετσνηυρπκμλωςγδθφχβξζψάέήίόύώϊϋΐΰ"
_HEBREW = "יוהלאתרמשבנדחקפעגזסצטכםןךףץ"
_ARABIC = "اليمنورتبعدهسكقحفجشطصزذضخثغظءةىأإؤئآ"
_WESTERN = "éäöüàèßóáíçñåøãêôâîûùæœúõòìëïýðþ"
_CENTRAL = "áíéěščřžýůúóőűąęłćśżźńťďňăâîșțşţäöüß"
_TURKISH = "ışğçöüâ"
_THAI = "านรอกเงมยลวดตสทปบคหพชแไจขถใศผซธณษฐ่้ีัิ็ื์ุูึำะโ"
_CHINESE = (
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能"
    "好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高"
    "意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东"
    "政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市温数据京臺雄氣灣會時國這們來個學對說為與"
)
_JAPANESE = (
    "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員九"
    "入選立開手米力学問高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法不来作性的要用制治度"
    "務強気小七成期公野協取都和統以機平総加山思家話世受区領多県続進正安設保改数記院女初北午指権心界支第産結百派点教"
)
_KOREAN = "이다는의에을가고하지한은로를도사리기나어시대자인서해그과정아있일제수으장부라만상스니보원들공"
_COMMON = {
    name: frozenset(letters)
    for name, letters in {
        "gb18030": _CHINESE, "big5": _CHINESE, "cp932": _JAPANESE, "euc_jp": _JAPANESE, "cp949": _KOREAN,
    }.items()
}  # fmt: skip
_MARKS = "°©®«»“”„‘’‚¡¿£€§–—…·№±²³µ¹ºª½¼¾™×"
_NO_BREAK = "\u00a0"  # between thousands
_DEAR = 12.0  # of a letter that is unusual
_NEVER = 30.0  # of what stands in no text
_POOR = 9.0  # a byte: above it, what wins is no text either

_ONE_BYTE = (
    ("cp1252", _WESTERN, 0.0),
    ("cp1251", _CYRILLIC, 0.0),
    ("koi8-r", _CYRILLIC, 0.2),
    ("cp866", _CYRILLIC, 0.3),
    ("iso8859-5", _CYRILLIC, 0.4),
    ("cp1253", _GREEK, 0.0),
    ("cp1250", _CENTRAL, 0.5),
    ("iso8859-2", _CENTRAL, 0.6),
    ("cp1254", _TURKISH, 0.3),
    ("cp1255", _HEBREW, 0.0),
    ("cp1256", _ARABIC, 0.5),
    ("cp874", _THAI, 0.5),
    ("cp437", _WESTERN, 2.0),
)
_MANY_BYTES = (("cp932", 0.0), ("euc_jp", 0.0), ("gb18030", 0.0), ("big5", 0.3), ("cp949", 0.0))


def likeliest(sample: bytes) -> str:
    """Python's name of the encoding that makes the most likely text of `sample`; empty where none makes any."""
    high = sum(byte > 127 for byte in sample)
    costs: dict[str, float] = {}
    for name, usual, handicap in _ONE_BYTE:
        ranks = {letter: rank for rank, letter in enumerate(usual)}
        costs[name] = _cost(sample, name, partial(_letter, ranks, 4.0 if name == "cp1252" else 7.0)) + handicap * high
    for name, handicap in _MANY_BYTES:
        costs[name] = _cost(sample, name, partial(_character, name)) + handicap * high
    best = min(costs, key=lambda name: costs[name])
    return best if costs[best] <= _POOR * max(high, 1) else ""


def _cost(sample: bytes, encoding: str, price: Callable[[str], float]) -> float:
    try:
        text = f" {sample.decode(encoding)} "
    except UnicodeDecodeError:
        return float("inf")
    prices = {letter: price(letter) for letter in set(text) if not letter.isascii()}
    total = 0.0
    for before, letter, after in zip(text, text[1:], text[2:], strict=False):
        if not letter.isascii():
            total += prices[letter] + _misplaced(before, letter, after)
    return total


def _letter(ranks: dict[str, int], mark: float, letter: str) -> float:
    """What one letter of an alphabet costs, or a sign, for which `mark` is charged."""
    if letter in _MARKS:
        return mark
    if letter == _NO_BREAK:
        return 2.0
    small = letter.lower()
    if small in ranks:
        return 2.2 + 0.12 * ranks[small] + (0.8 if letter != small else 0.0)
    return _NEVER if unicodedata.category(letter) in ("Cc", "Co", "Cn") else _DEAR


def _character(encoding: str, letter: str) -> float:
    """What one character of East Asian writing costs; two bytes of it stand against two letters of an alphabet."""
    name, code = unicodedata.name(letter, ""), ord(letter)
    if letter in _COMMON[encoding]:
        return 4.8
    if name.startswith(("HIRAGANA", "KATAKANA")):
        return 5.0
    if name.startswith("HANGUL"):
        return 7.0 if encoding == "cp949" else _NEVER
    if name.startswith("CJK UNIFIED"):
        return 7.0 if _usual(encoding, letter.encode(encoding)) else _DEAR
    if 0x3000 <= code <= 0x303F or 0xFF01 <= code <= 0xFF5E or letter in _MARKS:
        return 6.0
    return _NEVER if unicodedata.category(letter) in ("Cc", "Co", "Cn") else _DEAR


def _usual(encoding: str, code: bytes) -> bool:
    """Whether a character is among the some thousand that its standard puts first."""
    first = code[0]
    if encoding == "cp932":
        return first <= 0x98
    if encoding == "euc_jp":
        return len(code) == 2 and first <= 0xCF
    if encoding == "gb18030":
        return len(code) == 2 and 0xB0 <= first <= 0xD7 and code[1] >= 0xA1
    return encoding == "big5" and first <= 0xC6


def _misplaced(before: str, letter: str, after: str) -> float:
    """The surcharge for what words do not do."""
    if not letter.isalpha() or letter in _MARKS:
        return 6.0 if before.isalpha() and after.isalpha() and letter not in "’·" else 0.0
    cost = 0.0
    if letter.isupper() and before.islower():
        cost += 6.0
    script = _script(letter)
    cost += sum(6.0 for other in (before, after) if other.isalpha() and _script(other) != script)
    if script != "LATIN" and letter.isupper() and not before.isalpha() and not after.isalpha():
        cost += 1.5  # more likely a sign, as that of the euro
    if letter.islower() and before.isupper() and after.isupper():
        cost += 6.0
    if script != "EAST" and before.isdigit() and after.isdigit():
        cost += 6.0
    # Accented letters of the Latin alphabet stand among plain ones.
    if script == "LATIN" and not before.isascii() and not after.isascii():
        cost += 4.0
    return cost


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ")[0]
    return "EAST" if name in ("HIRAGANA", "KATAKANA", "CJK", "KATAKANA-HIRAGANA", "FULLWIDTH") else name
