"""What people write around a date: the day of the week, ordinals, words, when something ends. Left out, as SQL."""

from __future__ import annotations

from engine.data.notation.quoting import literal

PLAIN = "in words, "  # before the form that is left
_WEEKDAYS = (
    "mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    "|mo(?:ntag)?|di(?:enstag)?|mi(?:ttwoch)?|do(?:nnerstag)?|fr(?:eitag)?|sa(?:mstag)?|sonnabend|so(?:nntag)?"
    "|lun(?:di|es|edì)?|mar(?:di|tes|tedì)?|mer(?:credi|coledì)?|jeu(?:di)?|ven(?:dredi|erdì)?|sam(?:edi)?"
    "|dim(?:anche)?|mié(?:rcoles)?|jue(?:ves)?|vie(?:rnes)?|sáb(?:ado)?|dom(?:ingo|enica)?|gio(?:vedì)?|sab(?:ato)?"
    "|seg(?:unda)?|ter(?:ça)?|qua(?:rta)?|qui(?:nta)?|sex(?:ta)?"
    "|ma(?:andag)?|dinsdag|wo(?:ensdag)?|donderdag|vr(?:ijdag)?|za(?:terdag)?|zo(?:ndag)?"
    "|måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|mandag|tirsdag|lørdag|søndag"
)
_BEFORE = (
    r"week (?:ending|beginning|commencing|starting|of)", "w/[ec]", "woche (?:vom|ab)", "semaine du", "semana del?",
    "as (?:of|at)", "from", "vom",
)  # fmt: skip
_CHANGES = (
    (r"\s*(\([^()]*\)|Z?\[[^\[\]]*\])\s*$", ""),  # the day of the week, or the name of a zone
    (r"^(.*\d.*?)\s+(?:-|–|—|to|until|bis)\s+\S*\d.*$", r"\1"),  # from when to when: it is dated by its beginning
    (rf"(?i)^(?:{'|'.join(_BEFORE)})[:,]?\s+", ""),
    (rf"(?i)^(?:{_WEEKDAYS})(?:-feira)?[.,]*\s+", ""),
    (r"(\d)(?:st|nd|rd|th|er|º|ª)\b", r"\1"),
    (r"_|,\s+|\s(?:of|at|um|à|@)\s", " "),
    (r"(?i)\s*\b([ap])\.?\s?m\b\.?", r" \1m"),
    (r"\s*π\.?\s?μ\.?$", " am"),
    (r"\s*μ\.?\s?μ\.?$", " pm"),
    (r"(?i)\s+(?:uhr|hrs?|h)\.?$", ""),
    (r"\b(\d{1,2})h(\d{2})\b", r"\1:\2"),
    (r"(:\d\d)\s*(?:GMT|UTC|[A-Z]{3,4})?(?:[-+]\d{2}:?\d{2})?(\s|$)", r"\1\2"),  # a clock as it hangs on the wall
    (r"(\d\d:\d\d:\d\d)\s+(\d{4})$", r"\2 \1"),  # as Unix writes
    (r"\.\s+(\d)", r".\1"),
    (r"(\d)\.$", r"\1"),
    (r"\s+", " "),
)


def plain_sql(text: str) -> str:
    """SQL of a date without what stands around it."""
    for pattern, put in _CHANGES:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(put)}, 'g')"
    return f"trim({text})"
