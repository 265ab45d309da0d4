-- Subscriptions and what is told to them (specs/subscriptions.md). Functions alone: the triggers are in migration 0005.
--
-- What happens to a record is queued in the transaction that makes it happen, for each subscription that follows the
-- arrest's person: nothing is missed and nothing is told that did not happen. The queue is read through the view
-- `event` of the subscription's permit and in no other way: a disclosure of the kind `event`, with its entry.

-- The subscriptions that follow the person of an arrest: by an arrest that was given, or as a subject of their case.
CREATE OR REPLACE FUNCTION guard.followers(arrest uuid) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT f.subscription_id FROM records_arrest a JOIN records_arrest n ON n.person_id = a.person_id
        JOIN disclosure_following f ON f.arrest_id = n.id WHERE a.id = arrest
        UNION
        SELECT s.id FROM records_arrest a CROSS JOIN guard.cases_of(arrest) c
        JOIN disclosure_subscription s ON s.case_id = c.case_id AND s.stopped_at IS NULL
        WHERE a.id = arrest AND a.person_id = ANY (guard.people_of_case(s.case_id, s.keys));
END $$;

-- Queue an event for whoever follows the person of these arrests (of these subscriptions alone, where they are given),
-- and wake whoever delivers. Where nobody follows anything, no arrest is looked at.
CREATE OR REPLACE FUNCTION guard.queue(what text, arrests uuid[], alone uuid[] DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.now();
    waiting uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM disclosure_subscription s WHERE s.stopped_at IS NULL) THEN
        RETURN;
    END IF;
    FOR waiting IN
        INSERT INTO disclosure_delivery (event, subscription_id, kind, arrest_id, happened_at, state, tries, due_at, why)
        SELECT gen_random_uuid(), s.id, what, a.id, moment, 'queued', 0, moment, ''
        FROM records_arrest a CROSS JOIN LATERAL guard.followers(a.id) w
        JOIN disclosure_subscription s ON s.id = w.w AND (alone IS NULL OR s.id = ANY (alone))
        JOIN agreements_agreementversion v ON v.number = s.number
            AND v.suspended_at IS NULL AND v.terminated_at IS NULL
        JOIN agencies_user u ON u.id = s.user_id AND u.is_active AND u.agency_id = s.agency_ori
        WHERE a.id = ANY (arrests) AND what = ANY (s.events) AND s.stopped_at IS NULL
          AND moment < least(s.ends_at, s.confirm_by_at, v.ends_at)
          -- An arrest is news once, and not to who named it; but what was not shown before may be shown now.
          AND (what <> 'arrested' OR NOT (
              EXISTS (SELECT FROM disclosure_following f WHERE f.subscription_id = s.id AND f.arrest_id = a.id)
              OR EXISTS (SELECT FROM disclosure_casesubject c WHERE c.case_id = s.case_id
                  AND (c.arrest_id = a.id OR (c.otn <> '' AND c.otn = a.otn)))
              OR EXISTS (SELECT FROM disclosure_delivery q WHERE q.subscription_id = s.id AND q.arrest_id = a.id
                  AND q.kind = what AND q.state <> 'dropped')))
        RETURNING subscription_id
    LOOP
        PERFORM pg_notify('openpars_feed', waiting::text);
    END LOOP;
END $$;

-- What a file adds is gathered only where somebody follows, here and below.
CREATE OR REPLACE FUNCTION guard.arrests_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM disclosure_subscription s WHERE s.stopped_at IS NULL) THEN
        PERFORM guard.queue('arrested', ARRAY(SELECT n.id FROM new_rows n));
    END IF;
    RETURN NULL;
END $$;

-- An arrest was found to be of another person: who follows may be shown it from now on.
CREATE OR REPLACE FUNCTION guard.arrest_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN PERFORM guard.queue('arrested', ARRAY[NEW.id]); RETURN NULL; END $$;

-- A person's name or date of birth was put right: whose case is about that person from now on, and was not before, may be
-- shown the arrests.
CREATE OR REPLACE FUNCTION guard.person_corrected() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    fresh uuid[] := ARRAY(
        SELECT s.id FROM disclosure_casesubject c
        JOIN disclosure_subscription s ON s.case_id = c.case_id AND s.stopped_at IS NULL
        WHERE c.birth_date = NEW.birth_date AND c.surname_folded = NEW.surname_folded
          AND c.given_folded = NEW.given_folded AND NOT EXISTS (
            SELECT FROM disclosure_casesubject o WHERE o.case_id = c.case_id AND o.birth_date = OLD.birth_date
              AND o.surname_folded = OLD.surname_folded AND o.given_folded = OLD.given_folded)
          AND NOT EXISTS (
            SELECT FROM disclosure_casesubject o JOIN records_arrest a
              ON a.person_id = NEW.id AND (o.arrest_id = a.id OR (o.otn <> '' AND o.otn = a.otn AND 'otn' = ANY (s.keys)))
            WHERE o.case_id = c.case_id));
BEGIN
    IF fresh <> '{}' THEN
        PERFORM guard.queue('arrested', ARRAY(SELECT a.id FROM records_arrest a WHERE a.person_id = NEW.id), fresh);
    END IF;
    RETURN NULL;
END $$;

-- A charge was approved: who follows may be shown the arrest from now on.
CREATE OR REPLACE FUNCTION guard.charge_approved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN PERFORM guard.queue('arrested', ARRAY[NEW.arrest_id]); RETURN NULL; END $$;

CREATE OR REPLACE FUNCTION guard.charges_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM disclosure_subscription s WHERE s.stopped_at IS NULL) THEN
        PERFORM guard.queue('arrested', ARRAY(SELECT DISTINCT n.arrest_id FROM new_rows n WHERE n.status = 'approved'));
    END IF;
    RETURN NULL;
END $$;

-- A release is told as such; the state in which custody begins is the arrest's own news.
CREATE OR REPLACE FUNCTION guard.custody_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM disclosure_subscription s WHERE s.stopped_at IS NULL) THEN
        PERFORM guard.queue('released', ARRAY(SELECT DISTINCT n.arrest_id FROM new_rows n WHERE n.state = 'released'));
        PERFORM guard.queue('custody', ARRAY(
            SELECT DISTINCT n.arrest_id FROM new_rows n WHERE n.state <> 'released' AND EXISTS (
                SELECT FROM records_custodystatuschange k WHERE k.arrest_id = n.arrest_id AND k.id <> n.id)));
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION guard.dispositions_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM disclosure_subscription s WHERE s.stopped_at IS NULL) THEN
        PERFORM guard.queue('disposed', ARRAY(
            SELECT DISTINCT c.arrest_id FROM new_rows n JOIN records_charge c ON c.id = n.charge_id));
    END IF;
    RETURN NULL;
END $$;

-- Makes a subscription in the disclosure that this transaction has begun: its permit, its asker, its purpose and the keys
-- that it was decided on are the disclosure's. It follows the people of the arrests that it names, each of which must have
-- been given to the agency before (which one was not, nobody is told); where it names none, the subjects of the agency's
-- open case of that number. A person has at most 50 that live.
CREATE OR REPLACE FUNCTION guard.subscribe(
    new_id uuid, for_case text, wanted text[], arrests uuid[], until timestamptz, post_to text)
RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    begun record;
    moment timestamptz := guard.now();
    last timestamptz;
    followed uuid;
BEGIN
    SELECT d.number, d.schema, d.clause, d.user_id, d.agency_ori, d.purpose, p.events, v.ends_at,
        ARRAY(SELECT jsonb_array_elements_text(coalesce(d.request -> 'keys', '[]'))) AS keys INTO begun
    FROM disclosure_disclosure d JOIN agreements_permit p ON p.schema = d.schema
    JOIN agreements_agreementversion v ON v.number = d.number
    WHERE d.id = nullif(current_setting('guard.disclosure', true), '')::uuid
      AND d.xact = pg_current_xact_id_if_assigned()::text::bigint AND d.outcome = 'begun' AND d.kind = 'event'
      AND d.request ->> 'event' IS NULL AND d.request ->> 'case_number' = for_case;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no disclosure was begun here' USING ERRCODE = 'OP009';
    END IF;
    IF cardinality(arrests) = 0 THEN
        -- Shared, so that the case is not closed meanwhile: its closing stops what follows it.
        SELECT c.id INTO followed FROM disclosure_agencycase c
        WHERE c.agency_ori = begun.agency_ori AND c.number = for_case AND c.closed_at IS NULL FOR SHARE;
    END IF;
    PERFORM pg_advisory_xact_lock(7306, hashtext(begun.user_id::text));
    IF (wanted <@ begun.events AND cardinality(wanted) > 0) IS NOT TRUE
       OR (cardinality(arrests) = 0 AND followed IS NULL) OR until <= moment
       OR 50 <= (SELECT count(*) FROM disclosure_subscription s WHERE s.user_id = begun.user_id
            AND s.stopped_at IS NULL AND moment < least(s.ends_at, s.confirm_by_at))
       OR EXISTS (SELECT FROM unnest(arrests) a WHERE NOT EXISTS (
            SELECT FROM disclosure_disclosuresubject s JOIN disclosure_disclosure d ON d.id = s.disclosure_id
            WHERE s.arrest_id = a AND d.agency_ori = begun.agency_ori AND d.outcome = 'permit')) THEN
        RAISE EXCEPTION 'not to be subscribed to' USING ERRCODE = 'OP020';
    END IF;
    INSERT INTO disclosure_subscription (
        id, number, schema, clause, user_id, agency_ori, purpose, case_number, case_id, keys, events, url, made_at,
        ends_at, confirm_by_at, why)
    VALUES (new_id, begun.number, begun.schema, begun.clause, begun.user_id, begun.agency_ori, begun.purpose, for_case,
        followed, begun.keys, wanted, post_to, moment, least(until, begun.ends_at), moment + interval '90 days', '')
    RETURNING ends_at INTO last;
    INSERT INTO disclosure_following (subscription_id, arrest_id)
    SELECT new_id, a FROM unnest(arrests) a GROUP BY a;
    RETURN last;
END $$;

-- Its owner says, in a disclosure begun for it, that the subscription is still needed: for another 90 days.
CREATE OR REPLACE FUNCTION guard.confirm(which uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.now();
    until timestamptz;
BEGIN
    UPDATE disclosure_subscription s SET confirm_by_at = moment + interval '90 days'
    FROM disclosure_disclosure d
    WHERE s.id = which AND s.stopped_at IS NULL AND moment < least(s.ends_at, s.confirm_by_at)
      AND d.id = nullif(current_setting('guard.disclosure', true), '')::uuid
      AND d.xact = pg_current_xact_id_if_assigned()::text::bigint AND d.outcome = 'begun' AND d.kind = 'event'
      AND d.request ->> 'event' IS NULL AND d.schema = s.schema AND d.user_id = s.user_id
    RETURNING s.confirm_by_at INTO until;
    IF until IS NULL THEN
        RAISE EXCEPTION 'not to be confirmed' USING ERRCODE = 'OP020';
    END IF;
    RETURN until;
END $$;

-- Drops what is queued where it may not be told any more, and stops what is over. Each drop is an entry of the log.
-- `ended`: of this agreement alone, which ends in this very transaction; null: of all, as time has passed. While the
-- agreement, or its owner, is suspended, the text says whether a subscription pauses or ends, and whether what is queued
-- for it is dropped or held.
CREATE OR REPLACE FUNCTION guard.drop_queued(ended bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.now();
    dropped record;
    total bigint := 0;
BEGIN
    UPDATE disclosure_subscription s
    SET stopped_at = moment, why = CASE WHEN v.terminated_at IS NOT NULL OR v.ends_at <= moment THEN 'agreement-ended'
        WHEN s.ends_at <= moment THEN 'over' WHEN s.confirm_by_at <= moment THEN 'not-confirmed'
        WHEN u.agency_id <> s.agency_ori THEN 'owner-left' ELSE 'suspended' END
    FROM agreements_agreementversion v JOIN agreements_permit p ON p.agreement_id = v.number, agencies_user u
    WHERE v.number = s.number AND p.schema = s.schema AND u.id = s.user_id AND s.stopped_at IS NULL
      AND (ended IS NULL OR s.number = ended)
      AND (v.terminated_at IS NOT NULL OR least(v.ends_at, s.ends_at, s.confirm_by_at) <= moment
          OR u.agency_id <> s.agency_ori
          OR (p.subscriptions_end AND (v.suspended_at IS NOT NULL OR NOT u.is_active)));
    FOR dropped IN
        WITH gone AS (
            UPDATE disclosure_delivery q SET state = 'dropped', done_at = moment,
                why = CASE WHEN s.stopped_at IS NOT NULL THEN s.why WHEN v.suspended_at IS NOT NULL
                    THEN 'agreement-suspended' ELSE 'owner-suspended' END
            FROM disclosure_subscription s JOIN agreements_agreementversion v ON v.number = s.number
            JOIN agreements_permit p ON p.schema = s.schema JOIN agencies_user u ON u.id = s.user_id
            WHERE q.subscription_id = s.id AND q.state = 'queued' AND (ended IS NULL OR s.number = ended)
              AND (s.stopped_at IS NOT NULL
                  OR (NOT p.queue_held AND (v.suspended_at IS NOT NULL OR NOT u.is_active)))
            RETURNING v.text_hash)
        SELECT text_hash, count(*) AS events FROM gone GROUP BY text_hash ORDER BY text_hash
    LOOP
        total := total + dropped.events;
        INSERT INTO translog_pending (leaf) VALUES (convert_to(concat(
            '{"agreement":"', dropped.text_hash, '","at":"', guard.stamp(moment), '","events":', dropped.events,
            ',"type":"openpars.dropped/1"}'), 'UTF8'));
    END LOOP;
    RETURN total;
END $$;

CREATE OR REPLACE FUNCTION guard.drop_ended() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN guard.drop_queued(NULL); END $$;

-- Its owner stops it; what is queued is dropped.
CREATE OR REPLACE FUNCTION guard.unsubscribe(which uuid, who uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    ended bigint;
BEGIN
    UPDATE disclosure_subscription s SET stopped_at = guard.now(), why = 'stopped'
    WHERE s.id = which AND s.user_id = who AND s.stopped_at IS NULL RETURNING s.number INTO ended;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM guard.drop_queued(ended), pg_notify('openpars_ends', which::text);
    RETURN true;
END $$;

-- A case is closed: what follows its people stops in that very transaction, and open streams hear of it at the commit.
CREATE OR REPLACE FUNCTION guard.stop_following(closed uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    stopped record;
BEGIN
    FOR stopped IN
        UPDATE disclosure_subscription s SET stopped_at = guard.now(), why = 'case-closed'
        WHERE s.case_id = closed AND s.stopped_at IS NULL RETURNING s.id, s.number
    LOOP
        PERFORM guard.drop_queued(stopped.number), pg_notify('openpars_ends', stopped.id::text);
    END LOOP;
END $$;

-- Whoever delivers takes the next event that is due to be posted, for as long as `lease`: of a subscription the earliest
-- alone, so that they arrive in order.
CREATE OR REPLACE FUNCTION guard.claim(lease interval) RETURNS TABLE (event uuid, subscription uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.now();
BEGIN
    RETURN QUERY
    UPDATE disclosure_delivery t SET due_at = moment + lease
    WHERE t.place = (
        SELECT q.place FROM disclosure_delivery q JOIN disclosure_subscription s ON s.id = q.subscription_id
        JOIN agreements_agreementversion v ON v.number = s.number AND v.suspended_at IS NULL
        JOIN agencies_user u ON u.id = s.user_id AND u.is_active
        WHERE q.state = 'queued' AND q.due_at <= moment AND s.url <> '' AND NOT EXISTS (
            SELECT FROM disclosure_delivery e
            WHERE e.subscription_id = q.subscription_id AND e.state = 'queued' AND e.place < q.place)
        ORDER BY q.place LIMIT 1 FOR UPDATE OF q SKIP LOCKED)
    RETURNING t.event, t.subscription_id;
END $$;

-- What became of an attempt: `delivered`; `not-shown` or `refused`: dropped, but for what a suspension holds; `failed`:
-- again after `pause`, or where there is none dead, and its subscription stops.
CREATE OR REPLACE FUNCTION guard.settle(which uuid, outcome text, pause interval) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.now();
    dead uuid;
BEGIN
    UPDATE disclosure_delivery q
    SET state = CASE WHEN outcome = 'delivered' THEN outcome WHEN outcome IN ('not-shown', 'refused') THEN 'dropped'
            WHEN pause IS NULL THEN 'dead' ELSE state END,
        why = CASE WHEN outcome IN ('not-shown', 'refused') THEN outcome ELSE '' END,
        tries = tries + 1, due_at = moment + coalesce(pause, '0'),
        done_at = CASE WHEN outcome <> 'failed' OR pause IS NULL THEN moment END
    WHERE q.event = which AND (q.state = 'queued' OR (q.state = 'delivered' AND outcome = 'delivered'))
      AND (outcome <> 'refused' OR NOT EXISTS (
          SELECT FROM disclosure_subscription s JOIN agreements_agreementversion v ON v.number = s.number
          JOIN agreements_permit p ON p.schema = s.schema JOIN agencies_user u ON u.id = s.user_id
          WHERE s.id = q.subscription_id AND s.stopped_at IS NULL AND p.queue_held
            AND (v.suspended_at IS NOT NULL OR NOT u.is_active)));
    SELECT q.subscription_id INTO dead FROM disclosure_delivery q WHERE q.event = which AND q.state = 'dead';
    IF FOUND THEN
        UPDATE disclosure_subscription s SET stopped_at = moment, why = 'undeliverable', tell_at = moment
        WHERE s.id = dead AND s.stopped_at IS NULL;
        PERFORM guard.drop_queued(s.number) FROM disclosure_subscription s WHERE s.id = dead;
    END IF;
END $$;

-- Until when, on the server's clock, this person's subscription may be streamed; null: not at all.
CREATE OR REPLACE FUNCTION guard.open_until(which uuid, who uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT least(v.ends_at, s.ends_at, s.confirm_by_at,
            (least(u.screened_until, u.trained_until) + 1)::timestamp AT TIME ZONE t.zone) - t.clock_offset
        FROM (SELECT clock_timestamp() + c.clock_offset AS moment, c.zone, c.clock_offset FROM guard.city c OFFSET 0) t
        JOIN disclosure_subscription s ON s.id = which AND s.user_id = who AND s.stopped_at IS NULL AND s.url = ''
            AND t.moment < least(s.ends_at, s.confirm_by_at)
        JOIN agreements_agreementversion v ON v.number = s.number AND v.suspended_at IS NULL
            AND v.terminated_at IS NULL AND v.starts_at <= t.moment AND t.moment < v.ends_at
        JOIN agencies_user u ON u.id = who AND u.is_active AND u.agency_id = s.agency_ori
            AND least(u.screened_until, u.trained_until) >= (t.moment AT TIME ZONE t.zone)::date);
END $$;

-- An agreement ends: in that very transaction its queue is dropped, and open streams hear of it at the commit.
CREATE OR REPLACE FUNCTION guard.agreement_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM guard.drop_queued(NEW.agreement_id), pg_notify('openpars_ends', NEW.agreement_id::text);
    RETURN NULL;
END $$;

-- Somebody's standing, or a token of theirs, changed: what waits for them is dropped or held in that very transaction.
CREATE OR REPLACE FUNCTION guard.standing_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF TG_TABLE_NAME = 'agencies_user' THEN
        PERFORM guard.drop_queued(NULL);
    END IF;
    PERFORM pg_notify('openpars_ends', '');
    RETURN NULL;
END $$;

-- An order to erase is being carried out: nothing points at the arrest any more, and nothing of it waits to be told.
CREATE OR REPLACE FUNCTION guard.feed_forgotten() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    gone uuid[] := records_ordered(NEW.id);
BEGIN
    DELETE FROM disclosure_delivery WHERE arrest_id = ANY (gone);
    DELETE FROM disclosure_following WHERE arrest_id = ANY (gone);
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION guard.followers(uuid), guard.queue(text, uuid[], uuid[]), guard.arrests_added(),
    guard.arrest_moved(), guard.person_corrected(), guard.charge_approved(), guard.stop_following(uuid),
    guard.charges_added(), guard.custody_added(), guard.dispositions_added(),
    guard.subscribe(uuid, text, text[], uuid[], timestamptz, text), guard.confirm(uuid), guard.drop_queued(bigint),
    guard.drop_ended(), guard.unsubscribe(uuid, uuid), guard.claim(interval), guard.settle(uuid, text, interval),
    guard.open_until(uuid, uuid), guard.agreement_changed(), guard.standing_changed(), guard.feed_forgotten() FROM PUBLIC;
