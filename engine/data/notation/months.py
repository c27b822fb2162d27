"""Names of months in the languages of Europe, whole or cut short."""

from __future__ import annotations

import unicodedata
from itertools import chain

_NAMES = (
    "january february march april may june july august september october november december",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "janner feber maerz april mai juni juli august september oktober november dezember",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januar februar marts april maj juni juli august september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
    "leden unor brezen duben kveten cerven cervenec srpen zari rijen listopad prosinec",
    "januar februar marcius aprilis majus junius julius augusztus szeptember oktober november december",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "ocak subat mart nisan mayıs haziran temmuz agustos eylul ekim kasım aralık",
    "январь февраль март апрель маи июнь июль август сентябрь октябрь ноябрь декабрь",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січень лютии березень квітень травень червень липень серпень вересень жовтень листопад грудень",
    "ιανουαριος φεβρουαριος μαρτιος απριλιος μαιος ιουνιος ιουλιος αυγουστος σεπτεμβριος οκτωβριος νοεμβριος "
    "δεκεμβριος",
    "ιανουαριου φεβρουαριου μαρτιου απριλιου μαιου ιουνιου ιουλιου αυγουστου σεπτεμβριου οκτωβριου νοεμβριου "
    "δεκεμβριου",
)
_WHOLE = (  # cut short they are other languages' other months
    "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesakuu heinakuu elokuu syyskuu lokakuu marraskuu joulukuu",
)
_SHORTEST, _LONGEST = 3, 5  # letters of a name that is cut short
_SHORT = {"mrz": 3, "mrt": 3}  # in another way


def _numbers() -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for line in _NAMES:
        for number, name in enumerate(line.split(), 1):
            for short in chain((name,), (name[:size] for size in range(_SHORTEST, _LONGEST + 1))):
                found.setdefault(short, set()).add(number)
    whole = {name: number for line in (*_NAMES, *_WHOLE) for number, name in enumerate(line.split(), 1)}
    return {name: next(iter(numbers)) for name, numbers in found.items() if len(numbers) == 1} | whole | _SHORT


MONTHS = _numbers()


def month_of(word: str) -> int:
    """The number of a month by its name, however it is written; 0 for any other word."""
    plain = "".join(filter(str.isalpha, unicodedata.normalize("NFD", word.lower())))
    return MONTHS.get(plain, 0)


def month_sql(word: str) -> str:
    """SQL of the number of a month by its name; NULL for any other text."""
    names = ", ".join(f"{name}={number}" for name, number in MONTHS.items())  # one text is planned sooner than 500
    names = f"CAST('{{{names}}}' AS MAP(VARCHAR, INTEGER))"
    return f"map_extract_value({names}, regexp_replace(lower(strip_accents({word})), '[^\\pL]', '', 'g'))"
