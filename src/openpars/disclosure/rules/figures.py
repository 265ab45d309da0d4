"""Figures that the database counts over all arrests of a list: what leaves is how many and how long, nobody's record.

A log's entry has room for some hundreds of people (c2sp.org/tlog-tiles, 65,535 bytes), and whoever reads figures looks
at nobody. So arrests are counted where they are, through the permit's view, and neither the entry nor anybody's account
names one of them.
"""

TIMES = """
WITH arrests AS MATERIALIZED (
    SELECT arrested_at, arraigned_at, arrest_district, sent_at, filed_at, interviewed_at
    FROM {view} WHERE {where} AND arraigned_at >= arrested_at
), booked AS (
    SELECT *, CASE WHEN sent_at > arrested_at AND sent_at <= arraigned_at THEN sent_at ELSE arrested_at END AS booked
    FROM arrests
), charged AS (
    SELECT *, CASE WHEN filed_at > booked AND filed_at <= arraigned_at THEN filed_at ELSE booked END AS charged
    FROM booked
), heard AS (
    SELECT *, CASE WHEN interviewed_at > charged AND interviewed_at <= arraigned_at THEN interviewed_at ELSE charged END
        AS heard, extract(hour FROM arrested_at AT TIME ZONE %(zone)s)::int AS hour,
        extract(epoch FROM arraigned_at - arrested_at) / 60 AS whole
    FROM charged
), parts AS (
    SELECT part.*, arrested_at FROM heard CROSS JOIN LATERAL (VALUES
        ('all', '', whole),
        ('hours', least(floor(whole / 120) * 2, 48)::text, whole),
        ('district', arrest_district, whole),
        ('shift', CASE WHEN hour < 8 THEN 'night' WHEN hour < 16 THEN 'day' ELSE 'evening' END, whole),
        ('stage', 'booking', nullif(extract(epoch FROM booked - arrested_at) / 60, 0)),
        ('stage', 'charging', nullif(extract(epoch FROM charged - booked) / 60, 0)),
        ('stage', 'interview', nullif(extract(epoch FROM heard - charged) / 60, 0)),
        ('stage', 'waiting for court', extract(epoch FROM arraigned_at - heard) / 60)
    ) part (by, name, minutes) WHERE part.minutes IS NOT NULL
)
SELECT by, name, count(*)::int AS arrests,
    percentile_disc(ARRAY[0.1 - 1e-7, 0.5 - 1e-7, 0.9 - 1e-7, 1]::float8[])
        WITHIN GROUP (ORDER BY floor(minutes)::int) AS minutes,
    (count(*) FILTER (WHERE minutes >= 12 * 60))::int AS from_12,
    (count(*) FILTER (WHERE minutes >= 20 * 60))::int AS from_20,
    min(arrested_at) AS first_at
FROM parts GROUP BY by, name ORDER BY by, name LIMIT %(limit)s
"""
"""How long arrests took to their preliminary arraignment: of all, by columns of two hours, district, shift (of the zone
that is given) and stage (records.rules.delays); in minutes the 10th, 50th and 90th percentile and the longest, by
nearest rank (a hair less, or a share that no float holds exactly would be rounded up to the next rank)."""

COLUMNS = ("by", "name", "arrests", "minutes", "from_12", "from_20", "first_at")
"""What each row of figures holds."""
