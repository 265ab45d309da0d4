"""The safeguards of section 16 in plain English, each sentence under the name of its section."""

from collections.abc import Iterator

from openpars.agreements.rules import promises as words
from openpars.agreements.rules.safeguards import Safeguards
from openpars.agreements.rules.vocabulary import OFFICES
from openpars.agreements.rules.wording import counted, listed, within


def safeguards(s: Safeguards) -> Iterator[tuple[str, str]]:
    """Each section's name with one of its sentences, in the order of the text."""
    yield from _use(s)
    yield from _people(s)
    yield from _keeping(s)
    yield from _watching(s)
    yield from _ending(s)


def _use(s: Safeguards) -> Iterator[tuple[str, str]]:
    may = listed([words.USES[word] for word in s.use.permitted])
    yield (
        "use",
        f"The agency may {may} what it receives, and do nothing else with it."
        if may
        else ("The agency may do nothing with what it receives but know it."),
    )
    if s.use.prohibited:
        never = listed([words.PROHIBITABLE_USES[word] for word in s.use.prohibited], "or")
        yield "use", f"It must never {never} what it receives."
    rule = words.REDISCLOSURE[s.redisclosure.rule]
    yield "redisclosure", f"{rule}: {listed(s.redisclosure.to)}." if s.redisclosure.to else rule
    yield "redisclosure", s.redisclosure.refer_to


def _people(s: Safeguards) -> Iterator[tuple[str, str]]:
    p = s.people
    yield (
        "people",
        f"Whoever asks has had {words.SCREENING[p.screening]} and {words.TRAINING[p.training]}, and logs in with "
        f"{words.SECOND_FACTOR[p.second_factor]}.",
    )
    yield (
        "people",
        f"In any 30 days at most {counted(p.most, 'different person', 'different people')} may ask.",
    )
    if p.askers:
        yield "people", f"Only people of these roles may ask: {listed(p.askers, 'or')}."
    if p.supervisors:
        lasts = within(p.approval_lasts_hours)
        yield (
            "people",
            f"Supervisors are people of these roles: {listed(p.supervisors)}. An approval holds for {lasts}.",
        )


def _keeping(s: Safeguards) -> Iterator[tuple[str, str]]:
    k = s.security
    yield (
        "security",
        f"What is received is encrypted {words.ENCRYPTION[k.encryption]}, kept {words.STORAGE[k.storage]} on "
        f"{words.DEVICES[k.devices]}, and {words.MEDIA[k.export_media]}.",
    )
    hours = within(s.accuracy.acknowledge_within_hours)
    yield (
        "accuracy",
        f"A correction, a recall, or an order to seal or expunge is carried out and acknowledged within {hours}.",
    )
    yield "individuals", s.individuals.notice
    yield (
        "individuals",
        f"A person whose record it is is answered by {words.ANSWERED_BY[s.individuals.answered_by]}.",
    )
    yield "individuals", f"Complaints go here: {s.individuals.complaints_to}"


def _watching(s: Safeguards) -> Iterator[tuple[str, str]]:
    answer = within(s.audit.answer_within_hours)
    log = ""
    if s.audit.receiver_keeps_log:
        held = listed([words.RECEIVER_LOGS[word] for word in s.audit.receiver_logs])
        log = f" The agency keeps a log of its own use{': ' if held else ''}{held}."
    yield (
        "audit",
        f"The owners audit the agency's use every {counted(s.audit.every_months, 'month')}, "
        f"{counted(s.audit.sample, 'request')} each time; it answers within {answer}.{log}",
    )
    helps = " and helps to find out what happened" if s.breach.assists else ""
    told = within(s.breach.notify_within_hours)
    says = listed([words.BREACH_TELLS[word] for word in s.breach.tells])
    yield "breach", f"The agency tells the owners of a loss, or of a look by others, within {told}{helps}."
    if says:
        yield "breach", f"It says {says}."
    said = words.PUBLISHED[s.reporting.publish]
    often = f" every {counted(s.reporting.every_months, 'month')}."
    yield "reporting", said if said.endswith(".") else said + often


def _ending(s: Safeguards) -> Iterator[tuple[str, str]]:
    x = s.suspension
    cause = "with or without cause" if x.without_cause else "for cause"
    who = listed([OFFICES[office] for office in x.by], "or")
    yield (
        "suspension",
        f"{who[:1].upper() + who[1:]} may suspend it at once, {cause}."
        if who
        else ("It is suspended by the owners' votes alone."),
    )
    yield (
        "suspension",
        f"While it is suspended, what was queued for the agency is {words.QUEUED[x.queued]} and its subscriptions "
        f"{words.SUBSCRIPTIONS[x.subscriptions]}.",
    )
    kept = counted(s.disposition.keep_at_most_days, "day")
    yield "disposition", f"What was received is kept for at most {kept}. {disposition(s)}"


def disposition(s: Safeguards) -> str:
    """What becomes of what was received, once the agreement has ended."""
    within_hours = within(s.disposition.certificate_within_hours)
    return (
        f"At the end it is {words.AT_END[s.disposition.at_end]}, and this is certified within {within_hours}."
    )
