"""Personal names: one written form for comparing, and how alike two names are.

`fold` makes the form that is stored beside each name and indexed; `score` orders the candidates which the
database found. Both are pure, and neither decides who somebody is: a score is a likeness, not a probability.
"""

import unicodedata

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

# Letters that Unicode does not decompose, as immigration and court clerks commonly write them.
_PLAIN = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ə": "e",
    }
)  # fmt: skip

# Written inside a name without parting it: O'Brien is one word however its mark is typed.
_JOINING = frozenset("'’‘`´ʼʻʹʾʿ＇′.·")


def fold(name: str) -> str:
    """The form of `name` for comparing: lower case, no accents, marks or punctuation, parts split by one
    space. Hyphens part, apostrophes and periods do not. Folding twice changes nothing; any text may be
    folded.

    >>> fold("Nuñez-O'Brien")
    'nunez obrien'
    """
    if name.isascii() and name.islower() and name.isalnum():
        return name
    # Joining marks go first: decomposition turns some of them into a space and an accent.
    kept = "".join(letter for letter in name if letter not in _JOINING)
    for _ in range(3):
        folded = _once(kept)
        if folded == kept:
            break
        kept = folded
    return kept


def _once(name: str) -> str:
    opened = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    letters = []
    for letter in opened.translate(_PLAIN):
        kind = unicodedata.category(letter)
        if kind[0] in "LN":
            letters.append(letter)
        elif kind[0] != "M" and kind != "Cf" and letter not in _JOINING:
            letters.append(" ")
    return " ".join("".join(letters).split())


def score(query_given: str, query_surname: str, given: str, surname: str) -> float:
    """How alike a sought name is to a recorded one, from 0.0 to 1.0; 1.0 when their folded parts are equal.

    Forgives a typing error, accents, swapped given name and surname, and a missing part of a double name.
    A part that was not asked for (empty) does not count; a query of no letters is like nothing: 0.0.
    """
    asked_given, asked_surname = fold(query_given), fold(query_surname)
    held_given, held_surname = fold(given), fold(surname)
    straight = _whole(asked_given, asked_surname, held_given, held_surname)
    # Swapped parts are common enough to find, and rare enough to rank below the same name straight.
    swapped = 0.97 * _whole(asked_given, asked_surname, held_surname, held_given)
    return max(straight, swapped)


def _whole(asked_given: str, asked_surname: str, held_given: str, held_surname: str) -> float:
    total = weight = 0.0
    # A surname tells people apart better than a given name does.
    for share, asked, held in ((0.45, asked_given, held_given), (0.55, asked_surname, held_surname)):
        if asked:
            total += share * likeness(asked, held)
            weight += share
    return total / weight if weight else 0.0


def likeness(asked: str, held: str) -> float:
    """How alike two folded given names, or two folded surnames, are: 1.0 when equal, 0.0 when only one is there."""
    if asked == held:
        return 1.0
    if not (asked and held):
        return 0.0
    joined_asked, joined_held = asked.replace(" ", ""), held.replace(" ", "")
    best = 0.98 if joined_asked == joined_held else _typed(joined_asked, joined_held)
    asked_words, held_words = asked.split(), held.split()
    if len(asked_words) > 1 or len(held_words) > 1:
        fewer, more = sorted((asked_words, held_words), key=len)
        found = sum(max(_typed(word, other) for other in more) for word in fewer) / len(fewer)
        best = max(best, 0.95 * found)
    return best


def _typed(asked: str, held: str) -> float:
    """Likeness of two words, where one may be a mistyping of the other."""
    if asked == held:
        return 1.0
    if held.startswith(asked) and len(asked) == 1:
        return 0.8  # an initial
    winkler = JaroWinkler.similarity(asked, held)
    edits = DamerauLevenshtein.normalized_similarity(asked, held)
    return float(0.99 * (winkler + edits) / 2)
