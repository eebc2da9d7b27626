"""Phone numbers and e-mail addresses in what owners wrote: reports never print them."""

from __future__ import annotations

import re

_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]{2,}"
    r"|\+[0-9][0-9()\s-]{8,16}[0-9]"
    r"|(?<![0-9])8[\s(-]{0,2}[0-9]{3}[)\s-]{0,2}[0-9]{3}[\s-]?[0-9]{2}[\s-]?[0-9]{2}(?![0-9])"
)


def has_contacts(text: str) -> bool:
    """Whether a text names a phone number or an e-mail address.

    >>> has_contacts("звоните 8 (912) 000-00-00"), has_contacts("скидка 80 000 000")
    (True, False)
    """
    return _CONTACT.search(text) is not None


def without_contacts(text: str) -> str:
    """The text with an ellipsis for each contact.

    >>> without_contacts("write to owner@example.org today")
    'write to … today'
    """
    return _CONTACT.sub("…", text)
