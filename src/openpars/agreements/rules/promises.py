"""The closed vocabularies of the safeguards (section 16 of the file): word -> plain words."""

from collections.abc import Mapping

USES: Mapping[str, str] = {
    "view": "view",
    "copy": "copy",
    "print": "print",
    "extract": "extract into another file",
    "match": "match against other records",
}
"""What a receiver can be permitted to do with what it receives."""

PROHIBITABLE_USES: Mapping[str, str] = {
    **USES,
    "derive": "draw new data about people from",
    "train-ai": "train a machine on",
    "search-faces": "search for faces in",
}
"""What a receiver can be forbidden to do with it. Whatever is not permitted is not permitted either."""

REDISCLOSURE: Mapping[str, str] = {
    "none": "Nothing that is received is passed on.",
    "named": "What is received may be passed on to those named here and to nobody else",
    "with-consent": "What is received is passed on only with the owners' consent, each time.",
}

SCREENING: Mapping[str, str] = {
    "fingerprints": "a background check by fingerprints",
    "name": "a background check by name",
}

TRAINING: Mapping[str, str] = {
    "security": "training in the security of these records",
    "security-and-privacy": "training in the security of these records and in people's privacy",
}

SECOND_FACTOR: Mapping[str, str] = {
    "none": "a password or token alone",
    "any": "a second factor",
    "phishing-resistant": "a second factor that cannot be phished",
}

ENCRYPTION: Mapping[str, str] = {
    "in-transit": "on its way",
    "in-transit-and-at-rest": "on its way and where it is kept",
}

STORAGE: Mapping[str, str] = {
    "agency": "on the agency's own premises",
    "united-states": "within the United States",
}

DEVICES: Mapping[str, str] = {
    "agency-owned": "devices that the agency owns",
    "agency-managed": "devices that the agency manages",
}

MEDIA: Mapping[str, str] = {
    "none": "is not put on portable media",
    "encrypted": "is put on encrypted media only",
}

RECEIVER_LOGS: Mapping[str, str] = {
    "who": "who used what",
    "when": "when",
    "why": "for what purpose and case",
    "passed-on": "to whom it was passed on",
}
"""What a receiver's log of its own use holds."""

BREACH_TELLS: Mapping[str, str] = {
    "what": "what was lost or seen",
    "whose": "whose records it was",
    "how": "how and when it happened",
    "remedy": "what was done about it",
}
"""What a receiver's report of a breach says."""

ANSWERED_BY: Mapping[str, str] = {
    "owners": "the owners of the records",
    "receiver": "the agency that received it",
    "both": "the owners and the agency, each for what it holds",
}

QUEUED: Mapping[str, str] = {"dropped": "dropped", "held": "held until the suspension ends"}

SUBSCRIPTIONS: Mapping[str, str] = {"ended": "end", "paused": "pause until it is over"}

AT_END: Mapping[str, str] = {"destroy": "destroyed", "return": "returned"}

PUBLISHED: Mapping[str, str] = {
    "nothing": "Nothing about its use is published.",
    "counts": "How often it is used and refused is published",
    "counts-and-purposes": "How often it is used and refused, and for which purposes, is published",
}
