"""The figures on which the invented city is calibrated.

Source, unless a line says otherwise: OpenPARS' study of public records of Philadelphia's courts (new criminal
filings published by the City Controller, 2021-22) and of the District Attorney's daily counts. Shares and
medians only: no row of those records, and nothing made from a single one, is here.
"""

from dataclasses import dataclass
from enum import StrEnum

from openpars.records.rules.delays import Reason

ARRESTS_A_DAY = 65
"""Base load: 60 to 65 a day (District Attorney's counts, 2021 on)."""

ARRAIGNED_AFTER_HOURS = (15.0, 0.42)
"""Arrest to preliminary arraignment: lognormal median and sigma (p95 at 30 h). Assumed: no source measures
it; lawyers' pages say 10 to 20 hours."""

REPORTED_AFTER_MINUTES = (75.0, 0.5)
"""Arrest to the report saved and sent: lognormal median and sigma. Assumed."""

DECLINED = 0.07
"""Share of arrests that the prosecutor declines (District Attorney, 2020-21: charged over arrested .93)."""

CO_DEFENDANTS = ((1, 0.905), (2, 0.065), (3, 0.019), (4, 0.006), (5, 0.005))
"""Persons arrested per incident, and its share; the last means five or more."""

CO_DEFENDANTS_SAME_DAY = 0.86
"""Share of sets of co-defendants that are charged on one day; nearly all others follow within a week."""

REARRESTED = ((7, 0.008), (30, 0.030), (90, 0.070), (180, 0.117), (365, 0.196))
"""Days since an arrest, share of people with a new filing by then (name and age matched: a slight undercount)."""

ARRESTS_BY_WEEKDAY = (87, 117, 126, 125, 116, 104, 74)
"""Arrests on a Monday, a Tuesday and so on (District Attorney, 2018-19)."""

ARRESTS_BY_MONTH = {6: 1.10, 11: 0.86, 12: 0.91}
"""Months away from the mean by more than five per cent (District Attorney, 2018-19)."""

DAILY_SIZE = 32
"""Size of the negative binomial that a day's number follows, once the weekday is taken out."""

FILINGS_BY_WEEKDAY = (43, 54, 68, 73, 72, 63, 51)
"""Filings on a Monday, a Tuesday and so on: each a day after the arrests."""

FILING_HOURS = (
    5.7, 11.85, 4.62, 4.68, 3.63, 1.13, 0.18, 0.03, 3.66, 9.87, 4.89, 4.95,
    6.49, 3.58, 1.06, 0.22, 4.46, 11.18, 5.7, 5.33, 3.59, 2.4, 0.72, 0.08,
)  # fmt: skip
"""Filings by hour of day, per cent: a burst at the start of each of three shifts, next to none before a change."""

BAIL_AFTER_FILING_HOURS = (0.99, 1.05, 1.38)
"""Filing to bail set: p5, median, p95."""

AGES = (
    (16, 17, 0.010),
    (18, 20, 0.078),
    (21, 24, 0.137),
    (25, 29, 0.176),
    (30, 34, 0.180),
    (35, 39, 0.133),
    (40, 44, 0.100),
    (45, 49, 0.066),
    (50, 54, 0.048),
    (55, 59, 0.038),
    (60, 64, 0.021),
    (65, 80, 0.015),
)
"""Age from, to (years, inclusive), share."""

RACES = (("Black", 0.668), ("White", 0.320), ("Asian", 0.009), ("Unknown", 0.003))
"""As recorded by the court, which records no ethnicity."""

BIRTH_PLACES = (
    ("United States", 0.86),
    ("Puerto Rico", 0.03),
    ("Dominican Republic", 0.02),
    ("China", 0.02),
    ("Jamaica", 0.015),
    ("Mexico", 0.015),
    ("India", 0.01),
    ("Vietnam", 0.01),
    ("", 0.02),
)
"""Rounded from the city's residents (Pew, 2017-22): shape only, arrests are not residents. Assumed."""

HOURS = (
    4.08, 4.42, 4.81, 4.15, 3.85, 3.16, 2.33, 1.49, 2.53, 3.75, 4.38, 5.12,
    5.23, 5.17, 5.46, 4.78, 4.75, 4.77, 4.87, 4.27, 3.93, 4.69, 4.49, 3.51,
)  # fmt: skip
"""Arrests by hour of day, per cent: Nashville's; no source of Philadelphia tells it."""

VIOLENT_HOURS = (
    7.21, 6.12, 4.82, 3.54, 2.18, 1.3, 0.89, 0.75, 0.65, 0.97, 1.55, 2.25,
    2.72, 3.2, 3.25, 4.1, 3.77, 4.76, 5.63, 5.98, 7.64, 8.79, 9.1, 8.82,
)  # fmt: skip
"""Shootings by hour of day, per cent (Philadelphia): when the gravest crimes against persons are."""

DISTRICTS = tuple(
    (f"{code:02}", share)
    for code, share in enumerate(
        (
            13.1, 9.9, 7.7, 6.5, 6.1, 5.2, 5.0, 4.9, 4.9, 4.4, 4.1, 3.9, 3.8, 3.5, 3.3, 3.0, 2.9, 2.4, 2.1, 1.7,
            0.8,
        ),
        41,
    )
)  # fmt: skip
"""Shares of Philadelphia's districts, on the invented city's district codes."""


class Kind(StrEnum):
    """What a charge is about: decides victims, witnesses and bail."""

    PERSON = "person"
    PROPERTY = "property"
    DRUGS = "drugs"
    WEAPON = "weapon"
    TRAFFIC = "traffic"
    ORDER = "order"


WITNESSES = {
    Kind.PERSON: 1.5,
    Kind.PROPERTY: 0.6,
    Kind.DRUGS: 0.3,
    Kind.WEAPON: 0.6,
    Kind.TRAFFIC: 0.3,
    Kind.ORDER: 0.5,
}
"""Mean civilian witnesses by kind. Assumed: no source."""

VICTIMS = ((1, 0.89), (2, 0.09), (3, 0.013), (4, 0.007))
"""Victims of an incident against persons or property, and its share (NIBRS, Honolulu and Vermont)."""

DECLINED_BY_KIND = {
    Kind.PERSON: 0.03,
    Kind.PROPERTY: 0.10,
    Kind.DRUGS: 0.05,
    Kind.WEAPON: 0.03,
    Kind.TRAFFIC: 0.03,
    Kind.ORDER: 0.40,
}
"""Share declined by kind (District Attorney, 2018-19: charged over arrested, by category), scaled to `DECLINED`."""

POSTED = ((10_000, 0.44), (50_000, 0.31), (100_000, 0.20), (250_000, 0.07), (10**9, 0.008))
"""Share of monetary bail posted within a week, by amount up to. The third is read between its neighbors."""

POSTED_AFTER_HOURS = ((0.0, 0.5), (0.5, 6.0), (0.75, 50.0), (0.9, 116.0), (1.0, 168.0))
"""Quantile, hours from bail set to bail posted, within the week that was observed."""

HELD_DAYS = (25.0, 1.0)
"""Stay of those who do not post: lognormal median in days and sigma. Assumed: no source follows them."""

ROUNDS = (3.8, 40)
"""Hours between two looks at a held person that are written down, and one in how many is missed. Assumed."""

ASKED = 0.08
"""Share of cases in which the prosecutor asks the police for more before deciding. Assumed."""

HOSPITAL = (0.03, 2.5, 0.5)
"""Share of people taken to a hospital before the arraignment; hours there: lognormal median and sigma. Assumed."""

AT_COURT = 0.3
"""Share of people who are brought to court; the others are arraigned by video. Assumed."""

DELAYED = {
    Reason.IDENTIFICATION: 0.04,
    Reason.INTERPRETER: 0.5,  # of those who speak another language
    Reason.SYSTEM: 0.01,
    Reason.TRANSPORT: 0.04,
    Reason.SESSION: 0.12,
}
"""Share of arrests that wait for such a reason, besides questions and hospitals. Assumed."""

CONFIRMED_DAYS = 25
"""Days between two confirmations that somebody is still committed. Assumed."""

PUT_OFF = (0.15, 21)
"""Share of first hearings that are put off, and by how many days. Assumed."""

OUTCOMES = {
    True: (("Held for court", 0.6), ("Withdrawn", 0.2), ("Dismissed", 0.2)),
    False: (
        ("Guilty plea", 0.3),
        ("Withdrawn", 0.25),
        ("ARD", 0.15),
        ("Dismissed", 0.15),
        ("Guilty", 0.1),
        ("Not guilty", 0.05),
    ),
}
"""How the lead charge ends at the first hearing: of a felony, of a lesser offense. Assumed."""

REPORTED_DAYS = (20.0, 0.8)
"""Disposition to its report to the State Police: lognormal median in days and sigma. Assumed."""

BAIL_MIX = (("Monetary", 0.499), ("Unsecured", 0.258), ("ROR", 0.225), ("Denied", 0.019))
"""Bail by type, over all charges; Denied as it ended."""

AMOUNTS = ((0.05, 5_000), (0.25, 30_000), (0.5, 75_000), (0.75, 250_000), (0.95, 750_000))
"""Quantiles of monetary bail in dollars."""

HEAPS = (
    300, 1_000, 2_500, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000, 35_000, 50_000, 75_000, 100_000, 150_000,
    200_000, 250_000, 300_000, 350_000, 500_000, 750_000, 1_000_000,
)  # fmt: skip
"""Amounts on which bail heaps, in dollars."""


@dataclass(frozen=True)
class Offense:
    """A charge of Pennsylvania law: its share among lead charges (per cent) and how bail falls: shares of
    monetary and unsecured (the rest is release on recognizance), and the median monetary amount in
    dollars."""

    share: float
    statute: str
    words: str
    grade: str
    kind: Kind
    monetary: float
    unsecured: float
    median: int


_P, _T, _D, _W, _V, _O = Kind.PERSON, Kind.PROPERTY, Kind.DRUGS, Kind.WEAPON, Kind.TRAFFIC, Kind.ORDER

OFFENSES = (
    Offense(
        14.6,
        "35 § 780-113 §§ A30",
        "Manufacture, delivery or possession with intent",
        "F",
        _D,
        0.51,
        0.33,
        100_000,
    ),
    Offense(14.6, "18 § 2702 §§ A1", "Aggravated assault", "F1", _P, 0.77, 0.21, 100_000),
    Offense(5.2, "75 § 3802 §§ A1", "DUI: general impairment, first offense", "M", _V, 0.05, 0.11, 10_000),
    Offense(5.1, "18 § 6106 §§ A1", "Firearm carried without a license", "F3", _W, 0.81, 0.18, 75_000),
    Offense(4.5, "18 § 3921 §§ A", "Theft by unlawful taking", "F3", _T, 0.22, 0.35, 25_000),
    Offense(4.0, "18 § 2701 §§ A1", "Simple assault", "M2", _P, 0.25, 0.54, 25_000),
    Offense(3.8, "18 § 3925 §§ A", "Receiving stolen property", "F3", _T, 0.24, 0.30, 50_000),
    Offense(3.6, "18 § 3701 §§ A1I", "Robbery: serious bodily injury", "F1", _P, 0.91, 0.08, 200_000),
    Offense(3.6, "18 § 6105 §§ A1", "Possession of a firearm prohibited", "F1", _W, 0.94, 0.05, 250_000),
    Offense(3.4, "18 § 3502 §§ A1I", "Burglary: person present", "F1", _T, 0.60, 0.36, 50_000),
    Offense(3.4, "35 § 780-113 §§ A16", "Possession of a controlled substance", "M", _D, 0.03, 0.11, 17_500),
    Offense(3.1, "23 § 6114 §§ A", "Contempt of a protection order", "IC", _P, 0.46, 0.45, 25_000),
    Offense(2.9, "18 § 907 §§ A", "Possessing an instrument of crime", "M1", _W, 0.34, 0.53, 32_500),
    Offense(2.5, "42 § 9134", "Arrest prior to requisition", "", _O, 0.84, 0.12, 100_000),
    Offense(2.3, "35 § 780-113 §§ A19", "Purchase of a controlled substance", "M", _D, 0.01, 0.07, 300),
    Offense(1.9, "18 § 2706 §§ A1", "Terroristic threats", "M1", _P, 0.33, 0.53, 35_000),
    Offense(1.6, "18 § 3929 §§ A1", "Retail theft", "M1", _T, 0.14, 0.28, 6_250),
    Offense(1.3, "18 § 2502", "Murder", "H1", _P, 1.0, 0.0, 750_000),
    # From here on the shares are assumed: together the rest of the 94 per cent that forty charges cover.
    Offense(1.2, "18 § 3701 §§ A1IV", "Robbery: threat of bodily injury", "F2", _P, 0.66, 0.33, 50_000),
    Offense(1.2, "18 § 3502 §§ A4", "Burglary: no person present", "F2", _T, 0.51, 0.32, 50_000),
    Offense(1.1, "18 § 2718 §§ A1", "Strangulation", "M2", _P, 0.64, 0.36, 30_000),
    Offense(1.1, "18 § 3304 §§ A1", "Criminal mischief", "M3", _T, 0.33, 0.33, 25_000),
    Offense(0.9, "18 § 4304 §§ A1", "Endangering the welfare of children", "M1", _P, 0.66, 0.28, 50_000),
    Offense(0.9, "18 § 2705", "Recklessly endangering another person", "M2", _P, 0.30, 0.50, 25_000),
    Offense(0.8, "18 § 3503 §§ A1I", "Criminal trespass", "F3", _T, 0.20, 0.40, 10_000),
    Offense(0.8, "18 § 5104", "Resisting arrest", "M2", _O, 0.15, 0.40, 10_000),
    Offense(0.8, "18 § 903 §§ C", "Criminal conspiracy", "F1", _O, 0.60, 0.30, 75_000),
    Offense(0.7, "18 § 3121 §§ A1", "Rape", "F1", _P, 0.95, 0.03, 250_000),
    Offense(0.7, "18 § 4105 §§ A1", "Bad checks", "M2", _T, 0.05, 0.30, 5_000),
    Offense(0.7, "18 § 4101 §§ A1", "Forgery", "F3", _T, 0.20, 0.40, 10_000),
    Offense(0.6, "18 § 4106 §§ A1II", "Access device fraud", "F3", _T, 0.20, 0.40, 10_000),
    Offense(0.6, "18 § 3928 §§ A", "Unauthorized use of a vehicle", "M2", _T, 0.20, 0.40, 10_000),
    Offense(0.6, "18 § 6108", "Firearm carried in a city of the first class", "M1", _W, 0.60, 0.35, 50_000),
    Offense(0.5, "18 § 2709 §§ A1", "Harassment", "S", _P, 0.10, 0.50, 5_000),
    Offense(0.5, "18 § 2709.1 §§ A1", "Stalking", "M1", _P, 0.50, 0.45, 50_000),
    Offense(0.5, "75 § 3802 §§ D1", "DUI: controlled substance", "M", _V, 0.05, 0.11, 10_000),
    Offense(0.5, "75 § 3733 §§ A", "Fleeing or eluding police", "M2", _V, 0.40, 0.40, 25_000),
    Offense(0.4, "18 § 5503 §§ A1", "Disorderly conduct", "M3", _O, 0.05, 0.40, 2_500),
    Offense(0.4, "18 § 3301 §§ A1I", "Arson endangering persons", "F1", _P, 0.90, 0.08, 200_000),
    Offense(0.4, "18 § 4915.1 §§ A1", "Failure to register", "F2", _O, 0.60, 0.35, 50_000),
)
