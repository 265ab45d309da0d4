-- Events at the doors and at the console: each is a row and an entry of the log, or neither (specs/event-entry.md).
--
-- The entry is composed here, from words of a list, the ORI of whoever acts, this server's clock and commitments of 64
-- hex digits. So nothing that somebody typed gets into a log that nobody can erase, whoever calls. Functions alone, each
-- of which replaces the one before (see guard.sql).

-- Appends the entry of an event; answers its number among the pending ones.
CREATE OR REPLACE FUNCTION guard.enter_event(said text) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ INSERT INTO translog_pending (leaf) VALUES (convert_to(said, 'UTF8')) RETURNING id $$;

-- Records an event, and answers its entry's number; null where it was one of too many in its minute, and was counted.
CREATE OR REPLACE FUNCTION guard.record_event(
    new_id uuid, new_kind text, new_door text, new_outcome text, who text, came_from text, new_about jsonb,
    new_salt bytea, hidden_who text, hidden_source text, hidden_about text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    -- Cut to what the entry's stamp says, so that row and entry agree to the digit.
    moment timestamptz := date_trunc('milliseconds', guard.now());
    by_a_door boolean := session_user IN (current_database() || '_app', current_database() || '_gateway');
    -- Only what looks like an id is read as one: the error of a cast would repeat the value.
    trace bigint := CASE WHEN new_kind = 'write' AND new_about ->> 'trace' ~ '^[0-9]{1,18}$'
        THEN (new_about ->> 'trace')::bigint END;
    ori text := (SELECT u.agency_id FROM agencies_user u
        WHERE u.id = CASE WHEN who ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN who::uuid END);
    seen record;
    entry bigint;
BEGIN
    IF (new_outcome IN ('done', 'refused') AND length(new_salt) = 32 AND length(new_about::text) <= 1000
        AND guard.hidden(hidden_who, hidden_source, hidden_about, hidden_about)
        AND (new_kind IN ('log-in', 'log-out', 'session-end', 'page', 'verb', 'api-token', 'print-paper',
                'download-paper', 'fetch-receipt', 'open-account', 'write')
             AND new_door IN ('pages', 'api', 'console') AND NOT (by_a_door AND new_door = 'console')
             OR new_kind IN ('enroll-agency', 'enroll-user', 'set-password', 'issue-token', 'revoke-token',
                'suspend-user', 'restore-user', 'unlock-user', 'migrate', 'rotate-key', 'retire-key', 'distrust-key',
                'resume-log', 'read-events', 'forget-events')
             AND new_door IN ('pages', 'api', 'console') AND NOT by_a_door)
        -- The writing of a record is that of a trace which this very transaction has left.
        AND (new_kind <> 'write' OR new_outcome = 'done' AND EXISTS (
            SELECT FROM records_trace t WHERE t.id = trace AND t.verb = new_about ->> 'verb' AND t."by" = who
              AND t.xact = pg_current_xact_id_if_assigned()::text::bigint))
        AND (NOT by_a_door OR who IS NULL OR ori IS NOT NULL)) IS NOT TRUE THEN
        RAISE EXCEPTION 'no such event' USING ERRCODE = 'OP007';
    END IF;
    IF new_outcome = 'refused' THEN
        SELECT count(*) AS from_all, count(*) FILTER (WHERE e.source IS NOT DISTINCT FROM came_from) AS from_there
        INTO seen FROM agencies_event e
        WHERE e.kind = new_kind AND e.at >= date_trunc('minute', moment) AND e.door = new_door
          AND e.outcome = 'refused' AND e.times = 1;
        IF seen.from_there >= 10 OR seen.from_all >= 300 THEN
            INSERT INTO agencies_eventcount AS c (kind, door, minute_at, times)
            VALUES (new_kind, new_door, date_trunc('minute', moment), 1)
            ON CONFLICT (kind, door, minute_at) DO UPDATE SET times = c.times + 1;
            RETURN NULL;
        END IF;
    END IF;
    entry := guard.enter_event(concat(
        '{"about":"', hidden_about, '","agency":', coalesce(to_json(ori)::text, 'null'), ',"at":"', guard.stamp(moment),
        '","door":"', new_door, '","event":"', new_id, '","kind":"', new_kind, '","outcome":"', new_outcome,
        '","source":"', hidden_source, '","type":"openpars.event/1","who":"', hidden_who, '"}'));
    INSERT INTO agencies_event (
        id, kind, door, outcome, agency_ori, "by", source, about, salt, times, at, pending_id, trace)
    VALUES (new_id, new_kind, new_door, new_outcome, ori, who, came_from, new_about, new_salt, 1, moment, entry, trace);
    RETURN entry;
END $$;

-- No entry, no write (promise 10): whoever left the trace of an act on records has entered it, once, before the commit.
CREATE OR REPLACE FUNCTION guard.check_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF (SELECT count(*) FROM agencies_event e WHERE e.trace = NEW.id) <> 1 THEN
        RAISE EXCEPTION 'an act on records has no entry' USING ERRCODE = 'OP010';
    END IF;
    RETURN NULL;
END $$;

-- Gives the counts of minutes that are over their entries; answers how many.
CREATE OR REPLACE FUNCTION guard.close_event_counts() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    WITH over AS (
        DELETE FROM agencies_eventcount WHERE minute_at < date_trunc('minute', guard.now())
        RETURNING gen_random_uuid() AS id, kind, door, minute_at, times
    ), closed AS (
        INSERT INTO agencies_event (id, kind, door, outcome, times, at, pending_id)
        SELECT o.id, o.kind, o.door, 'refused', o.times, o.minute_at, guard.enter_event(concat(
            '{"at":"', guard.stamp(o.minute_at), '","door":"', o.door, '","event":"', o.id, '","kind":"', o.kind,
            '","outcome":"refused","times":', o.times, ',"type":"openpars.event/1"}'))
        FROM over o RETURNING 1
    ) SELECT count(*) FROM closed
$$;

-- Events in the log's order, the last first, each with its leaf and, once the log has given it one, its index. Nobody's to
-- call but the owner's, and functions' that ask for the power to look: who failed to log in is protected too.
-- (A statement that is planned for what is asked: else none of the indexes would serve, whatever it is.)
CREATE OR REPLACE FUNCTION guard.events_found(
    who text, ori text, wanted text, result text, since timestamptz, until timestamptz, before uuid, one uuid,
    arrest uuid, most integer)
RETURNS TABLE (event uuid, kind text, door text, outcome text, agency text, "by" text, source text, about jsonb,
    salt bytea, times integer, at timestamptz, pending_id bigint, leaf bytea, index bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN QUERY EXECUTE $found$
        SELECT e.*, coalesce(n.leaf, p.leaf), n.index FROM (
            SELECT v.id, v.kind, v.door, v.outcome, v.agency_ori, v."by", v.source, v.about, v.salt, v.times, v.at,
                v.pending_id
            FROM agencies_event v
            WHERE ($1 IS NULL OR v."by" = $1) AND ($2 IS NULL OR v.agency_ori = $2) AND ($3 IS NULL OR v.kind = $3)
              AND ($4 IS NULL OR v.outcome = $4) AND ($5 IS NULL OR v.at >= $5) AND ($6 IS NULL OR v.at < $6)
              AND ($7 IS NULL OR v.pending_id < $7) AND ($8 IS NULL OR v.id = $8)
              AND ($9 IS NULL OR v.trace IS NOT NULL AND v.about ->> 'arrest' = $9::text)
            ORDER BY v.pending_id DESC LIMIT $10) e
        LEFT JOIN translog_entry n ON n.pending_id = e.pending_id
        LEFT JOIN translog_pending p ON p.id = e.pending_id
        ORDER BY e.pending_id DESC $found$
    USING who, ori, wanted, result, since, until, (SELECT b.pending_id FROM agencies_event b WHERE b.id = before), one,
        arrest, most;
END $$;

-- What the auditor finds among the events. Answers only in a transaction that has begun an audit of events, and by what that
-- look says it is for: its entry says what was looked at, or nothing is.
CREATE OR REPLACE FUNCTION guard.audit_events(most integer)
RETURNS TABLE (event uuid, kind text, door text, outcome text, agency text, "by" text, source text, about jsonb,
    salt bytea, times integer, at timestamptz, pending_id bigint, leaf bytea, index bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    look disclosure_disclosure := guard.begun_look();
    asked jsonb := look.request;
BEGIN
    IF (look.kind = 'audit' AND asked ->> 'of' = 'events') IS NOT TRUE THEN
        RAISE EXCEPTION 'no audit of events was begun here' USING ERRCODE = 'OP009';
    END IF;
    RETURN QUERY SELECT f.* FROM guard.events_found(
        asked ->> 'who', asked ->> 'agency', asked ->> 'kind', asked ->> 'outcome', (asked ->> 'since')::timestamptz,
        (asked ->> 'until')::timestamptz, (asked ->> 'before')::uuid, (asked ->> 'event')::uuid,
        (asked ->> 'arrest')::uuid, most) f;
END $$;

REVOKE ALL ON FUNCTION guard.enter_event(text),
    guard.record_event(uuid, text, text, text, text, text, jsonb, bytea, text, text, text),
    guard.close_event_counts(), guard.check_written(),
    guard.events_found(text, text, text, text, timestamptz, timestamptz, uuid, uuid, uuid, integer),
    guard.audit_events(integer) FROM PUBLIC;
