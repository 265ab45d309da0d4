-- The guard: what stands between the door and the records (specs/disclosure-decision.md, design section 4).
--
-- The gateway's log-in role has no privilege on any table. It may run begin_disclosure, end_disclosure and
-- record_refusal, and SET ROLE to the roles of permits. A permit's views show rows only while guard.begun (begun.sql) says
-- so: this transaction has begun a disclosure under that very permit, has not ended it, and the agreement
-- is in force. What is told to a subscription is counted against no day's limit, so it opens the permit's view of
-- events alone, and nothing else opens that. At commit a deferred trigger makes sure that what was begun was ended with its entry.
--
-- Errors carry SQLSTATE OPxxx; `openpars.disclosure.gateway` knows their meaning. No message holds a value.
--
-- Functions alone, each of which replaces the one before: to change one, change it here and add a migration that runs
-- this file again (`openpars.disclosure.migrations.0003`). Tables are in guard_tables.sql. A database that is new
-- runs the newest functions from the first, before the tables of later migrations are there: PL/pgSQL looks for them
-- only when it runs.
--
-- What runs in every request is PL/pgSQL, one statement where it can be: its plans are kept for the session, and
-- a security definer's SQL function is planned anew at each call (measured: five times the cost).

-- The server's clock; only a demonstration database may carry an offset, and `openpars doctor` says so.
CREATE OR REPLACE FUNCTION guard.now() RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN (SELECT clock_timestamp() + c.clock_offset FROM guard.city c); END $$;

CREATE OR REPLACE FUNCTION guard.city_zone() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN (SELECT c.zone FROM guard.city c); END $$;

CREATE OR REPLACE FUNCTION guard.stamp(moment timestamptz) RETURNS text
LANGUAGE sql STABLE
AS $$ SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- What views asked before they looked at guard.begun themselves: migration 0014 still names these, 0022 takes them out
-- of every view.
CREATE OR REPLACE FUNCTION guard.may_read(wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN EXISTS (SELECT FROM guard.begun b WHERE b.schema = wanted AND b.kind <> 'event'); END $$;

CREATE OR REPLACE FUNCTION guard.may_tell(wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN EXISTS (SELECT FROM guard.begun b WHERE b.schema = wanted AND b.kind = 'event'); END $$;

CREATE OR REPLACE FUNCTION guard.asker() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN (SELECT b.asker FROM guard.begun b); END $$;

-- The person's tag in this disclosure's entry: unlinkable between entries, findable by who holds the key,
-- mute for ever once the key is destroyed (promise 8). The key is 32 bytes, the id 16: no ambiguity.
CREATE OR REPLACE FUNCTION guard.tag(commitment_key bytea, disclosure uuid) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT encode(sha256(commitment_key || uuid_send(disclosure)), 'hex') $$;

-- The same for the disclosure that is under way, in views. Not text but an expression, bound when it is made: it becomes
-- a part of the view's plan, and no search path of whoever reads the view matters.
CREATE OR REPLACE FUNCTION guard.subject(person uuid, commitment_key bytea) RETURNS text
LANGUAGE sql STABLE
RETURN encode(
    sha256(commitment_key || uuid_send(nullif(current_setting('guard.disclosure', true), '')::uuid)), 'hex');

-- The forms in which the city keeps a number that somebody typed: as typed; and, where it looks like one, as a District
-- Control number, an OTN or a docket number is written.
CREATE OR REPLACE FUNCTION guard.number_forms(typed text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    tidy text := upper(translate(typed, '‐‑‒–—− ', '------'));
BEGIN
    RETURN ARRAY[typed, tidy,
        regexp_replace(tidy, '^([0-9]{2})-?([0-9]{2})-?([0-9]{6})$', '\1-\2-\3'),
        regexp_replace(tidy, '^([A-Z])([0-9]{6})-?([0-9])$', '\1\2\3')];
END $$;

-- The people of the case that this very disclosure names: subjects of the agency's own open case and, unless only that
-- counts, whoever was arrested under the number in the city. Ids never leave the views that compare them.
CREATE OR REPLACE FUNCTION guard.case_people(own boolean) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    said record;
    forms text[];
    found uuid[];
BEGIN
    SELECT d.agency_ori, d.request ->> 'case_number' AS number INTO said
    FROM disclosure_disclosure d
    WHERE d.id = nullif(current_setting('guard.disclosure', true), '')::uuid
      AND d.xact = pg_current_xact_id_if_assigned()::text::bigint AND d.outcome = 'begun';
    found := coalesce((
        SELECT guard.people_of_case(c.id, NULL) FROM disclosure_agencycase c
        WHERE c.agency_ori = said.agency_ori AND c.number = said.number AND c.closed_at IS NULL), '{}');
    IF own THEN
        RETURN found;
    END IF;
    forms := guard.number_forms(said.number);
    RETURN found || ARRAY(
        SELECT a.person_id FROM records_incident i JOIN records_arrest a ON a.incident_id = i.id
        WHERE i.dc_number = ANY (forms)
        UNION SELECT a.person_id FROM records_arrest a WHERE a.otn <> '' AND a.otn = ANY (forms)
        UNION SELECT a.person_id FROM records_charge c JOIN records_arrest a ON a.id = c.arrest_id
        WHERE c.docket_number <> '' AND c.docket_number = ANY (forms));
END $$;

-- Whether the subscription that this very disclosure tells follows a person: by an arrest that its agency was given, or as
-- a subject of its case that is named by keys which the permit was asked by.
CREATE OR REPLACE FUNCTION guard.follows(subscription uuid, person uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM disclosure_disclosure d
        JOIN disclosure_subscription s ON s.id = subscription AND s.user_id = d.user_id AND s.schema = d.schema
        WHERE d.id = nullif(current_setting('guard.disclosure', true), '')::uuid
          AND d.xact = pg_current_xact_id_if_assigned()::text::bigint AND d.outcome = 'begun' AND d.kind = 'event'
          AND (person = ANY (guard.people_of_case(s.case_id, s.keys)) OR EXISTS (
              SELECT FROM disclosure_following f JOIN records_arrest n ON n.id = f.arrest_id
              WHERE f.subscription_id = s.id AND n.person_id = person)));
END $$;

-- Which agreements there are, as of which change: the decision is made on this, and begin_disclosure
-- refuses a decision made on an older one.
CREATE OR REPLACE FUNCTION guard.epoch() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT coalesce(max(id), 0) FROM public.agreements_change $$;

CREATE OR REPLACE FUNCTION guard.begin_disclosure(
    new_id uuid, wanted text, asker uuid, new_kind text, new_purpose text,
    asked jsonb, new_salt bytea, seen_epoch bigint)
RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    permit record;
    facts record;
    stamped record;
BEGIN
    -- Each statement must see what was committed before it: an end that this transaction waited for.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'a disclosure runs at read committed' USING ERRCODE = 'OP009';
    END IF;
    -- The kind stands in the public log: a word, never text that somebody typed.
    IF (new_kind IN ('search', 'open', 'list', 'event')) IS NOT TRUE THEN
        RAISE EXCEPTION 'no such kind of disclosure' USING ERRCODE = 'OP007';
    END IF;
    -- The agreement's lock is shared by disclosures, exclusive for whoever ends it: the end is a point in commit
    -- order. Where a day's requests are limited, each asker goes one at a time, or two requests at once would
    -- each count the other out. What is told to a subscription is no request of a day. (A permit's row never changes,
    -- so it may be read before the lock is had.)
    SELECT p.agreement_id, p.clause, p.office, p.roles, p.receiver_ori, p.purposes,
        CASE WHEN new_kind <> 'event' THEN p.requests_per_person_per_day END AS day_limit,
        p.requires <> '{}' OR num_nonnulls(p.opens, p.most_people, p.requests_per_day, p.results_per_day) > 0 AS more,
        pg_advisory_xact_lock_shared(7301, p.agreement_id),
        CASE WHEN p.requests_per_person_per_day IS NOT NULL AND new_kind <> 'event'
             THEN pg_advisory_xact_lock(7303, hashtext(asker::text)) END
    INTO permit FROM agreements_permit p WHERE p.schema = wanted AND (new_kind <> 'event' OR p.events <> '{}');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such permit' USING ERRCODE = 'OP002';
    END IF;
    -- A statement of its own after the locks, so that it sees an end that was waited for.
    SELECT t.moment,
        (SELECT max(h.id) FROM agreements_change h) AS epoch,
        v.suspended_at IS NULL AND v.terminated_at IS NULL AND v.starts_at <= t.moment AND t.moment < v.ends_at
            AS in_force,
        v.ends_at - t.clock_offset AS closes_at,
        u.agency_id, t.zone,
        u.is_active AND least(u.screened_until, u.trained_until) >= (t.moment AT TIME ZONE t.zone)::date
            AND CASE WHEN permit.office IS NULL THEN u.agency_id = permit.receiver_ori
                     ELSE g.office = permit.office END
            AND (permit.roles IS NULL OR u.role = ANY (permit.roles))
            AS standing,
        CASE WHEN permit.day_limit IS NULL THEN 0 ELSE (
            SELECT count(*) FROM disclosure_disclosure d
            WHERE d.user_id = asker AND d.kind <> 'event' AND d.begun_at >= date_trunc('day', t.moment, t.zone)
              AND (d.schema = wanted OR d.number IN (
                  SELECT o.number FROM agreements_agreementversion o
                  WHERE o.identifier = v.identifier AND o.version < v.version))) END AS today
    INTO facts
    FROM (SELECT clock_timestamp() + c.clock_offset AS moment, c.zone, c.clock_offset FROM guard.city c OFFSET 0) t
    JOIN agreements_agreementversion v ON v.number = permit.agreement_id
    LEFT JOIN agencies_user u ON u.id = asker
    LEFT JOIN agencies_agency g ON g.ori = u.agency_id;
    IF facts.epoch IS DISTINCT FROM seen_epoch THEN
        RAISE EXCEPTION 'decided on agreements that have changed' USING ERRCODE = 'OP006';
    END IF;
    IF facts.in_force IS NOT TRUE THEN
        RAISE EXCEPTION 'the agreement is not in force' USING ERRCODE = 'OP002';
    END IF;
    IF facts.standing IS NOT TRUE THEN
        RAISE EXCEPTION 'the asker has no standing' USING ERRCODE = 'OP003';
    END IF;
    IF (new_purpose = ANY (permit.purposes)) IS NOT TRUE THEN
        RAISE EXCEPTION 'the purpose is not permitted' USING ERRCODE = 'OP004';
    END IF;
    IF facts.today >= permit.day_limit THEN
        RAISE EXCEPTION 'the day''s limit is used up' USING ERRCODE = 'OP005';
    END IF;
    IF permit.more THEN
        PERFORM guard.check_requirements(
            wanted, CASE WHEN new_kind = 'event' AND asked ->> 'event' IS NULL THEN 'subscribe' ELSE new_kind END,
            asker, facts.agency_id, new_purpose, asked ->> 'case_number', facts.moment, facts.zone);
    END IF;
    INSERT INTO disclosure_disclosure (
        id, kind, outcome, reason, number, schema, clause, user_id, agency_ori, purpose,
        begun_at, closes_at, xact, request, salt, elements, record_count)
    VALUES (new_id, new_kind, 'begun', '', permit.agreement_id, wanted, permit.clause, asker, facts.agency_id,
        new_purpose, facts.moment, facts.closes_at, pg_current_xact_id()::text::bigint, asked, new_salt, '{}', 0)
    RETURNING guard.stamp(begun_at) AS at, set_config('guard.disclosure', id::text, true),
        set_config('guard.place', ctid::text, true) INTO stamped;
    RETURN stamped.at;
END $$;

-- Whether all four are commitments and nothing else: 64 hex digits. (A regular expression costs five times as much.)
CREATE OR REPLACE FUNCTION guard.hidden(one text, two text, three text, four text) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    SELECT translate(one || two || three || four, '0123456789abcdef', '') = ''
        AND length(one) = 64 AND length(two) = 64 AND length(three) = 64 AND length(four) = 64
$$;

-- Ends what begin_disclosure began: the entry must say what the database knows, or nothing commits. It is compared
-- byte by byte with the canonical JSON (RFC 8785) of just that: a key said twice, or a commitment that is not 64 hex
-- digits, could carry a name into a log that nobody can erase.
CREATE OR REPLACE FUNCTION guard.end_disclosure(leaf bytea, arrests uuid[], shown text[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    begun record;
    said text := convert_from(leaf, 'UTF8');
    told jsonb := said::jsonb;
    today date;
    entry bigint;
BEGIN
    SELECT d.id, d.kind, d.agency_ori, d.purpose, d.clause, d.begun_at, v.text_hash,
        p.results_per_request, p.elements, p.schema, p.requests_per_day, p.results_per_day, disclosed.tags, disclosed.records
    INTO begun
    FROM disclosure_disclosure d
    JOIN agreements_agreementversion v ON v.number = d.number
    JOIN agreements_permit p ON p.schema = d.schema
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT guard.tag(n.commitment_key, d.id) COLLATE "C"), '{}') AS tags,
            count(*) AS records
        FROM records_arrest a JOIN records_person n ON n.id = a.person_id
        WHERE a.id = ANY (arrests)) disclosed
    WHERE d.id = nullif(current_setting('guard.disclosure', true), '')::uuid
      AND d.xact = pg_current_xact_id_if_assigned()::text::bigint AND d.outcome = 'begun';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no disclosure was begun here' USING ERRCODE = 'OP009';
    END IF;
    IF cardinality(arrests) > begun.results_per_request OR NOT shown <@ begun.elements THEN
        RAISE EXCEPTION 'more than the permit allows' USING ERRCODE = 'OP008';
    END IF;
    -- A person's key was changed since it was read (guard.hand_out_keys): the door begins anew.
    IF told -> 'subjects' IS DISTINCT FROM to_jsonb(begun.tags) AND jsonb_array_length(told -> 'subjects') > 0
       AND begun.records = cardinality(arrests) THEN
        RAISE EXCEPTION 'a tag has changed' USING ERRCODE = 'OP006';
    END IF;
    -- Nobody of the agency counts beside this: begin_disclosure holds the agency's lock where a day's use is limited.
    IF num_nonnulls(begun.requests_per_day, begun.results_per_day) > 0 AND begun.kind <> 'event' THEN
        today := (SELECT (begun.begun_at AT TIME ZONE c.zone)::date FROM guard.city c);
        UPDATE guard.day_use u SET results = u.results + begun.records
        WHERE u.schema = begun.schema AND u.used_on = today;
        IF (SELECT used.results FROM guard.used(begun.schema, today) AS used) > begun.results_per_day THEN
            RAISE EXCEPTION 'the day''s limit is used up' USING ERRCODE = 'OP005';
        END IF;
    END IF;
    IF begun.records IS DISTINCT FROM cardinality(arrests)
       OR guard.hidden(told ->> 'answer', told ->> 'asker', told ->> 'case', told ->> 'criteria') IS NOT TRUE
       OR said IS DISTINCT FROM concat(
        '{"agency":', to_json(begun.agency_ori), ',"agreement":"', begun.text_hash,
        '","answer":"', told ->> 'answer', '","asker":"', told ->> 'asker', '","at":"', guard.stamp(begun.begun_at),
        '","case":"', told ->> 'case', '","criteria":"', told ->> 'criteria', '","disclosure":"', begun.id,
        '","elements":', array_to_json(shown), ',"kind":"', begun.kind, '","outcome":"permit","permit":',
        to_json(begun.clause), ',"purpose":', to_json(begun.purpose), ',"records":', begun.records,
        ',"subjects":', array_to_json(begun.tags), ',"type":"openpars.disclosure/1"}') THEN
        RAISE EXCEPTION 'the entry does not say what was done' USING ERRCODE = 'OP007';
    END IF;
    WITH subject AS (
        INSERT INTO disclosure_disclosuresubject (disclosure_id, person_id, arrest_id, tag)
        SELECT begun.id, a.person_id, a.id, guard.tag(n.commitment_key, begun.id)
        FROM records_arrest a JOIN records_person n ON n.id = a.person_id WHERE a.id = ANY (arrests)
    ), appended AS (
        INSERT INTO translog_pending (leaf) VALUES (leaf) RETURNING id
    )
    UPDATE disclosure_disclosure d
    SET outcome = 'permit', ended_at = clock_timestamp() + c.clock_offset, pending_id = appended.id,
        elements = shown, record_count = begun.records
    FROM appended, guard.city c WHERE d.id = begun.id
    RETURNING d.pending_id INTO entry;
    RETURN entry;
END $$;

-- A refusal is an entry too. The reason is kept beside it for the auditor; the asker never hears it.
CREATE OR REPLACE FUNCTION guard.record_refusal(
    new_id uuid, asker uuid, new_kind text, new_purpose text, why text, decided text,
    moment timestamptz, asked jsonb, new_salt bytea, leaf bytea)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    said text := convert_from(leaf, 'UTF8');
    told jsonb := said::jsonb;
    ori text := (SELECT u.agency_id FROM public.agencies_user u WHERE u.id = asker);
    entry bigint;
BEGIN
    IF (new_kind IN ('search', 'open', 'list', 'event')) IS NOT TRUE
       OR (abs(extract(epoch FROM guard.now() - moment)) <= 60) IS NOT TRUE
       OR guard.hidden(told ->> 'asker', told ->> 'case', told ->> 'criteria', told ->> 'reason') IS NOT TRUE
       OR said IS DISTINCT FROM concat(
        '{"agency":', to_json(ori), ',"asker":"', told ->> 'asker', '","at":"', guard.stamp(moment),
        '","case":"', told ->> 'case', '","criteria":"', told ->> 'criteria', '","disclosure":"', new_id,
        '","kind":"', new_kind, '","outcome":"deny","reason":"', told ->> 'reason',
        '","type":"openpars.disclosure/1"}') THEN
        RAISE EXCEPTION 'the entry does not say what was done' USING ERRCODE = 'OP007';
    END IF;
    INSERT INTO public.translog_pending (leaf) VALUES (leaf) RETURNING id INTO entry;
    INSERT INTO public.disclosure_disclosure (
        id, kind, outcome, reason, clause, user_id, agency_ori, purpose,
        begun_at, ended_at, xact, request, salt, elements, record_count, pending_id)
    VALUES (new_id, new_kind, 'deny', why, decided, asker, ori, new_purpose,
        moment, guard.now(), pg_current_xact_id()::text::bigint, asked, new_salt, '{}', 0, entry);
    RETURN entry;
END $$;

-- No entry, no data (promise 2), and no commit after the term's last instant (promise 4).
CREATE OR REPLACE FUNCTION guard.check_at_commit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    state record;
BEGIN
    SELECT d.outcome, clock_timestamp() < d.closes_at AS open INTO state
    FROM disclosure_disclosure d WHERE d.id = NEW.id;
    IF state.outcome = 'begun' THEN
        RAISE EXCEPTION 'a disclosure was begun and has no entry' USING ERRCODE = 'OP010';
    END IF;
    IF state.open IS NOT TRUE THEN
        RAISE EXCEPTION 'the agreement is not in force' USING ERRCODE = 'OP002';
    END IF;
    RETURN NULL;
END $$;

-- No power, no write: whoever acts on records writes the act's trace first, and this refuses it unless a charter in
-- force gives the act to the actor. The charters' locks are held until the commit, as in a disclosure: an end waits
-- for acts under way, and every later act sees it.
CREATE OR REPLACE FUNCTION guard.check_power() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    -- Only what looks like an id is read as one: the error of a cast would repeat the value. (BY is a keyword here.)
    actor uuid := CASE WHEN NEW."by" ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN NEW."by"::uuid END;
    number integer;
    held integer[] := '{}';
BEGIN
    -- Each statement must see what was committed before it: an end that this transaction waited for.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'an act on records runs at read committed' USING ERRCODE = 'OP009';
    END IF;
    -- A charter may give way to its next version while this waits for the lock: then the second look finds the new one.
    FOR look IN 1..2 LOOP
        -- (A power's row never changes, so it may be read before the lock is had.) In ascending order, so that no two
        -- acts wait in a ring.
        FOR number IN
            SELECT DISTINCT w.agreement_id
            FROM agreements_power w JOIN agreements_agreementversion v ON v.number = w.agreement_id
            WHERE NEW.verb = ANY (w.verbs) AND v.terminated_at IS NULL ORDER BY 1
        LOOP
            PERFORM pg_advisory_xact_lock_shared(7301, number);
            held := held || number;
        END LOOP;
        PERFORM 1
        FROM (SELECT clock_timestamp() + c.clock_offset AS moment, c.zone FROM guard.city c OFFSET 0) t
        JOIN agencies_user u ON u.id = actor AND u.is_active
            AND least(u.screened_until, u.trained_until) >= (t.moment AT TIME ZONE t.zone)::date
        JOIN agencies_agency g ON g.ori = u.agency_id
        JOIN agreements_power w ON w.agreement_id = ANY (held) AND NEW.verb = ANY (w.verbs)
            AND w.office = g.office AND g.ori = ANY (w.oris) AND u.role = ANY (w.roles)
        JOIN agreements_agreementversion v ON v.number = w.agreement_id
            AND v.suspended_at IS NULL AND v.terminated_at IS NULL
            AND v.starts_at <= t.moment AND t.moment < v.ends_at;
        IF FOUND THEN
            RETURN NEW;
        END IF;
    END LOOP;
    IF guard.may_still_end(NEW.verb, actor) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'no power to do this' USING ERRCODE = 'OP012';
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA guard FROM PUBLIC;
-- A view's functions run with the privileges of whoever reads the view: these are the ones that views call.
-- Without USAGE on the schema nobody can call them in any other way.
GRANT EXECUTE ON FUNCTION guard.now(), guard.city_zone(), guard.may_read(text), guard.may_tell(text), guard.asker(),
    guard.case_people(boolean), guard.follows(uuid, uuid), guard.subject(uuid, bytea) TO PUBLIC;
