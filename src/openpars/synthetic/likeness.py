"""How like a real city the invented one is: its figures beside those on which it is calibrated.

Pure. Shares of what has happened until an instant: what is only planned does not count.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean, quantiles

from openpars.records.rules.bail import BailKind
from openpars.synthetic import calibration
from openpars.synthetic.calibration import OFFENSES, Kind
from openpars.synthetic.draws import ZONE
from openpars.synthetic.plan import Life

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TWENTIETHS = {0.05: 0, 0.25: 4, 0.5: 9, 0.75: 14, 0.95: 18}


@dataclass(frozen=True)
class Figure:
    """One figure of the city beside the real one, in `unit`; `of` is how many the city's rests on, and `city` is
    None where that is too few."""

    topic: str
    what: str
    city: float | None
    real: float
    unit: str
    of: int


def figures(lives: Sequence[Life], *, days: float, per_day: float, until: datetime) -> list[Figure]:
    """The figures of the arrests made until then, in `days` days."""
    arrested = [life for life in lives if life.arrested_at <= until]
    filed = [life for life in arrested if life.filed_at and life.filed_at <= until]
    arraigned = [life for life in filed if life.arraigned_at and life.arraigned_at <= until]
    return [
        Figure("Volume", "arrests a day", len(arrested) / days, per_day, "a day", len(arrested)),
        *_shares("Arrests by hour", _hours(life.arrested_at for life in arrested), _named(calibration.HOURS)),
        *_shares(
            "Filings by hour", _hours(life.filed_at for life in filed), _named(calibration.FILING_HOURS)
        ),
        *_shares(
            "Filings by weekday",
            [_DAYS[life.filed_at.astimezone(ZONE).weekday()] for life in filed if life.filed_at],
            tuple(zip(_DAYS, calibration.FILINGS_BY_WEEKDAY, strict=True)),
        ),
        *_shares(
            "Lead charge",
            [life.offenses[0].words for life in filed],
            tuple((offense.words, offense.share) for offense in OFFENSES[:18]),
            whole=100,
        ),
        *_people(arrested, until),
        *_shares("Bail", [life.bail.kind for life in arraigned], calibration.BAIL_MIX),
        *_bail_by_charge(arraigned),
        *_money(arraigned, until),
        *_lags(arrested, arraigned, until),
    ]


def table(rows: Iterable[Figure]) -> str:
    """The figures as text, one topic after the other."""
    lines, topic = [], ""
    for row in rows:
        if row.topic != topic:
            topic = row.topic
            lines += ["", f"{topic:<44}{'city':>12}{'real':>12}"]
        city = "too few" if row.city is None else f"{row.city:,.{_places(row.real)}f}"
        lines.append(f"  {row.what:<42}{city:>12}{row.real:>12,.{_places(row.real)}f}  {row.unit}")
    return "\n".join(lines[1:])


def _people(arrested: Sequence[Life], until: datetime) -> list[Figure]:
    scenes = Counter(life.scene.number for life in arrested)
    together = Counter(min(number, 5) for number in scenes.values())
    known = {life.scene.number: life.scene for life in arrested}.values()
    harmed = [scene.victims for scene in known if scene.victims]
    ages = [life.person.age for life in arrested if not life.again]
    rows = [
        _share("People", f"incidents with {number} arrested", together[number], share, len(scenes))
        for number, share in calibration.CO_DEFENDANTS
    ]
    rows += _again(arrested, until)
    rows.append(_mean("People", "victims where there are any", harmed, 1.17))
    rows += [
        _mean("People", f"witnesses: {kind}", [s.witnesses for s in known if s.lead.kind is kind], expected)
        for kind, expected in calibration.WITNESSES.items()
        if kind in (Kind.PERSON, Kind.PROPERTY, Kind.DRUGS)
    ]
    rows.append(_quantile("People", "age: median", ages, 0.5, 32, "years"))
    rows.append(_mean("People", "charges recommended", [len(life.offenses) for life in arrested], 2.8))
    return rows


def _again(arrested: Sequence[Life], until: datetime) -> list[Figure]:
    """Only arrests that are old enough to tell."""
    times = defaultdict(list)
    for life in arrested:
        times[life.person.number].append(life.arrested_at)
    rows = []
    for days, share in calibration.REARRESTED:
        span = timedelta(days=days)
        old = [life for life in arrested if life.arrested_at + span <= until]
        hits = sum(
            any(life.arrested_at < at <= life.arrested_at + span for at in times[life.person.number])
            for life in old
        )
        rows.append(_share("People", f"arrested again within {days} days", hits, share, len(old)))
    return rows


def _bail_by_charge(arraigned: Sequence[Life]) -> list[Figure]:
    rows = []
    for offense in OFFENSES[:9]:
        kinds = [life.bail.kind for life in arraigned if life.offenses[0] is offense]
        of = len(kinds)
        rows += [
            _share(
                "Bail by lead charge", f"{offense.words[:28]}: {kind.lower()}", kinds.count(kind), share, of
            )
            for kind, share in (
                (BailKind.MONETARY, offense.monetary),
                (BailKind.UNSECURED, offense.unsecured),
            )
        ]
    return rows


def _money(arraigned: Sequence[Life], until: datetime) -> list[Figure]:
    monetary = [life for life in arraigned if life.bail.kind is BailKind.MONETARY and life.bail.amount]
    amounts = [float(life.bail.amount or 0) for life in monetary]
    rows = [
        _quantile("Monetary bail", f"amount: {share:.0%} are at or below", amounts, share, amount, "dollars")
        for share, amount in calibration.AMOUNTS
    ]
    week = timedelta(days=7)
    old = [life for life in monetary if life.arraigned_at and life.arraigned_at + week <= until]
    posted = [(life.posted_at - life.arraigned_at) for life in old if life.posted_at and life.arraigned_at]
    rows.append(_share("Monetary bail", "posted within a week", len(posted), 0.20, len(old)))
    hours = [span.total_seconds() / 3600 for span in posted]
    rows += [
        _quantile("Monetary bail", f"set to posted: {share:.0%}", hours, share, real, "hours")
        for share, real in calibration.POSTED_AFTER_HOURS[1:3]
    ]
    return rows


def _lags(arrested: Sequence[Life], arraigned: Sequence[Life], until: datetime) -> list[Figure]:
    decided = [life for life in arrested if life.decided_at <= until]
    declined = sum(not life.kept for life in decided)
    lags = _between(arraigned, lambda life: life.arrested_at)
    bail = _between(arraigned, lambda life: life.filed_at)
    return [
        _share("Course", "declined by the prosecutor", declined, calibration.DECLINED, len(decided)),
        _quantile("Course", "arrest to arraignment: 50%", lags, 0.5, 15, "hours"),
        _quantile("Course", "arrest to arraignment: 95%", lags, 0.95, 30, "hours"),
        *(
            _share("Course", what, sum(map(happened, arraigned)), real, len(arraigned))
            for what, happened, real in (
                (
                    "asked about by the prosecutor",
                    lambda life: life.detours.asked_at is not None,
                    calibration.ASKED,
                ),
                (
                    "taken to a hospital",
                    lambda life: life.detours.hospital_at is not None,
                    calibration.HOSPITAL[0],
                ),
                ("brought to court", lambda life: life.detours.court_at is not None, calibration.AT_COURT),
            )
        ),
        *(
            _quantile("Course", f"filing to bail: {share:.0%}", bail, share, real, "hours")
            for share, real in zip((0.05, 0.5, 0.95), calibration.BAIL_AFTER_FILING_HOURS, strict=True)
        ),
    ]


def _between(arraigned: Sequence[Life], begin: Callable[[Life], datetime | None]) -> list[float]:
    return [
        (life.arraigned_at - began).total_seconds() / 3600
        for life in arraigned
        if life.arraigned_at and (began := begin(life))
    ]


def _hours(times: Iterable[datetime | None]) -> list[str]:
    return [f"{at.astimezone(ZONE).hour:02} h" for at in times if at is not None]


def _named(hours: Sequence[float]) -> tuple[tuple[str, float], ...]:
    return tuple((f"{hour:02} h", share) for hour, share in enumerate(hours))


def _shares(
    topic: str, found: Sequence[str], real: Sequence[tuple[str, float]], *, whole: float | None = None
) -> list[Figure]:
    """Shares of what was found, beside the real ones of which `whole` (or their sum) is everything."""
    counted, total = Counter(found), whole or sum(share for _, share in real)
    return [_share(topic, what, counted[what], share / total, len(found)) for what, share in real]


def _share(topic: str, what: str, hits: int, real: float, of: int) -> Figure:
    return Figure(topic, what, 100 * hits / of if of else None, 100 * real, "%", of)


def _mean(topic: str, what: str, values: Sequence[float], real: float) -> Figure:
    return Figure(topic, what, mean(values) if values else None, real, "on average", len(values))


def _quantile(topic: str, what: str, values: Sequence[float], share: float, real: float, unit: str) -> Figure:
    enough = len(values) >= 20
    city = quantiles(values, n=20, method="inclusive")[_TWENTIETHS[share]] if enough else None
    return Figure(topic, what, city, real, unit, len(values))


def _places(real: float) -> int:
    return 0 if real >= 1000 else 1 if real >= 10 else 2
