-- The disclosure that this very transaction has begun and not ended: at most one row, for as long as the agreement's
-- term lasts. Every view of a permit looks here once a statement, as its owner; nobody else may.
--
-- A view, so that the look is a part of the statement's own plan: a function cost four times as much. The settings prove
-- nothing (anyone may set them): the row must lie where they say, must have been written by this very transaction, and
-- must still be there, which it is not once a savepoint before it was rolled back. By its place rather than its id,
-- for a page that was just written is nearer than an index of every disclosure ever made.
--
-- That the agreement is in force was seen when the row was written, under a lock that whoever ends the agreement must
-- wait for; only the term's last instant can pass meanwhile.
CREATE VIEW guard.begun AS
SELECT d.schema, d.kind, d.user_id AS asker
FROM public.disclosure_disclosure d
WHERE d.ctid = nullif(current_setting('guard.place', true), '')::tid
  AND d.xact = pg_current_xact_id_if_assigned()::text::bigint
  AND d.outcome = 'begun' AND clock_timestamp() < d.closes_at;
