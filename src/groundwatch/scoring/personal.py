"""Personal data with a form of its own: addresses, numbers and accounts, checked where they can be.

Names are left to the privacy engine; here stands what an answer should never give away unnoticed.
"""

import re
from collections.abc import Iterator

_EMAIL = re.compile(r"\b[\w.+-]{1,64}@(?:[\w-]+\.)+[a-zA-Z]{2,}\b")
_CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_SSN = re.compile(r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b")
_PHONE = re.compile(r"(?<![\w.])(?:\+\d{1,3}[ .-]?)(?:\(?\d{1,4}\)?[ .-]?){2,5}\d{2,4}(?!\w)|"
                    r"(?<![\w.])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\w)")  # fmt: skip
_IP = re.compile(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])"
)
_FEWEST_DIGITS = 8
_IBAN_REMAINDER = 1


def personal(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind and offsets of each piece of personal data."""
    accounts = [match.span() for match in _IBAN.finditer(text)]
    for kind, pattern, check in _KINDS:
        for match in pattern.finditer(text):
            within = any(start < match.end() and match.start() < end for start, end in accounts)
            if check(match.group()) and (kind == "iban" or not within):
                yield kind, match.start(), match.end()


def luhn(digits: str) -> bool:
    """The checksum of payment cards (ISO/IEC 7812-1)."""
    total = 0
    for at, letter in enumerate(reversed(digits)):
        number = int(letter) * (1 + at % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return digits[0] in "23456" and len(set(digits)) > 1 and luhn(digits)


def _iban(text: str) -> bool:
    """ISO 13616: the account moved around, letters as numbers, leaves 1 modulo 97."""
    plain = text.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == _IBAN_REMAINDER


def _phone(text: str) -> bool:
    return sum(letter.isdigit() for letter in text) >= _FEWEST_DIGITS


def _any(text: str) -> bool:
    return bool(text)


_KINDS = (
    ("email", _EMAIL, _any),
    ("card", _CARD, _card),
    ("iban", _IBAN, _iban),
    ("ssn", _SSN, _any),
    ("phone", _PHONE, _phone),
    ("ip_address", _IP, _any),
)
