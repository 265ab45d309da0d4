-- Looks at the log of looks: a person's accounting of disclosures, and what the auditor searches (specs/accounting.md).
--
-- A look at the log is a disclosure like every other: begun (which asks the charter for the power, or the person's
-- session for its code), read, ended with its entry, in one transaction. What reads here answers only in a transaction
-- that has begun such a look. Functions alone, each of which replaces the one before (see guard.sql).

-- Whether a person has the power for a verb: leaves the act's trace, whose trigger is check_power, and answers under
-- which clause of which charter. Whoever has none is refused (OP012).
CREATE OR REPLACE FUNCTION guard.act(new_verb text, who uuid, about text, said jsonb)
RETURNS TABLE (number bigint, clause text, closes_at timestamptz, ori text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO disclosure_act (verb, by, at, subject, detail)
    VALUES (new_verb, who::text, guard.now(), about, said);
    RETURN QUERY SELECT v.number::bigint, w.clause, v.ends_at - c.clock_offset, u.agency_id::text
    FROM agencies_user u JOIN agencies_agency g ON g.ori = u.agency_id CROSS JOIN guard.city c
    JOIN agreements_power w ON new_verb = ANY (w.verbs) AND w.office = g.office AND g.ori = ANY (w.oris)
        AND u.role = ANY (w.roles)
    JOIN agreements_agreementversion v ON v.number = w.agreement_id AND v.suspended_at IS NULL
        AND v.terminated_at IS NULL AND v.starts_at <= guard.now() AND guard.now() < v.ends_at
    WHERE u.id = who ORDER BY v.number, w.clause LIMIT 1;
END $$;

-- Everybody in the records who was found to be one with this person, by merges that nobody undid.
CREATE OR REPLACE FUNCTION guard.same_person(person uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    WITH RECURSIVE same AS (
        SELECT person AS id
        UNION
        SELECT CASE i.from_id WHEN s.id THEN i.to_id ELSE i.from_id END
        FROM same s JOIN records_identification i
            ON s.id IN (i.from_id, i.to_id) AND i.verb = 'merge' AND i.undone_at IS NULL
    ) SELECT array_agg(s.id) FROM same s
$$;

-- The look that this very transaction has begun and not ended.
CREATE OR REPLACE FUNCTION guard.begun_look() RETURNS disclosure_disclosure
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    found_look disclosure_disclosure;
BEGIN
    SELECT d.* INTO found_look FROM disclosure_disclosure d
    WHERE d.id = nullif(current_setting('guard.disclosure', true), '')::uuid
      AND d.xact = pg_current_xact_id_if_assigned()::text::bigint AND d.outcome = 'begun' AND d.schema IS NULL
      AND clock_timestamp() < d.closes_at;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no look at the log was begun here' USING ERRCODE = 'OP009';
    END IF;
    RETURN found_look;
END $$;

-- Begins a look. `asked` names what is looked at: the `arrest` whose person's lines are wanted, an `entry`, or what the
-- auditor searches by; the person is found here, and stands beside it. A look of kind `own` has a session, not an asker.
CREATE OR REPLACE FUNCTION guard.begin_look(
    new_id uuid, new_kind text, who uuid, session text, asked jsonb, new_salt bytea)
RETURNS TABLE (at text, agency text, clause text, person uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.now();
    needed text := CASE new_kind WHEN 'account' THEN 'account' WHEN 'client' THEN 'account_client'
        WHEN 'audit' THEN 'audit' END;
    held record;
    whom uuid;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'a disclosure runs at read committed' USING ERRCODE = 'OP009';
    END IF;
    IF new_kind = 'own' THEN
        SELECT NULL::bigint AS number, '' AS clause, k.session_until_at - c.clock_offset AS closes_at,
            k.agency_ori AS ori, k.person_id
        INTO held FROM disclosure_accesscode k CROSS JOIN guard.city c
        WHERE k.session_digest = session AND moment < k.session_until_at;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no session' USING ERRCODE = 'OP003';
        END IF;
        whom := held.person_id;
    ELSIF needed IS NULL THEN
        RAISE EXCEPTION 'no such kind of look' USING ERRCODE = 'OP007';
    ELSE
        SELECT a.* INTO held FROM guard.act(needed, who, new_id::text, '{}') a;
        whom := (SELECT a.person_id FROM records_arrest a WHERE a.id = (asked ->> 'arrest')::uuid
            AND (new_kind <> 'client' OR a.counsel_id = who));
        IF whom IS NULL AND asked ->> 'arrest' IS NOT NULL THEN
            RAISE EXCEPTION 'no such arrest' USING ERRCODE = 'OP003';
        END IF;
    END IF;
    INSERT INTO disclosure_disclosure (
        id, kind, outcome, reason, number, clause, user_id, agency_ori, purpose,
        begun_at, closes_at, xact, request, salt, elements, record_count)
    VALUES (new_id, new_kind, 'begun', '', held.number, held.clause,
        coalesce(who, '00000000-0000-0000-0000-000000000000'), held.ori,
        CASE new_kind WHEN 'own' THEN 'RightsFulfilment' ELSE 'LegalCompliance' END, moment, held.closes_at,
        pg_current_xact_id()::text::bigint, asked, new_salt, '{}', 0);
    PERFORM set_config('guard.disclosure', new_id::text, true),
        set_config('guard.person', coalesce(whom::text, ''), true);
    RETURN QUERY SELECT guard.stamp(moment), held.ori::text, held.clause::text, whom;
END $$;

-- Whose lines the look that was begun is about. (The setting is compared with what the look may see: a look by arrest
-- or by session says whose; the auditor may look at anybody's.)
CREATE OR REPLACE FUNCTION guard.looked_at() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    look disclosure_disclosure := guard.begun_look();
    whom uuid := nullif(current_setting('guard.person', true), '')::uuid;
BEGIN
    IF whom IS NULL OR NOT (
        EXISTS (SELECT FROM records_arrest a WHERE a.id = (look.request ->> 'arrest')::uuid AND a.person_id = whom)
        OR look.kind = 'own' AND EXISTS (SELECT FROM disclosure_accesscode k
            WHERE k.person_id = whom AND k.session_digest = look.request ->> 'session')) THEN
        RAISE EXCEPTION 'no person is looked at here' USING ERRCODE = 'OP009';
    END IF;
    RETURN guard.same_person(whom);
END $$;

-- Whether somebody with the authority has put off that the person is told of this look.
CREATE OR REPLACE FUNCTION guard.is_delayed(ori text, case_number text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT max(y.until_at) FROM disclosure_delayedline y
    WHERE y.agency_ori = ori AND y.case_number = is_delayed.case_number AND y.lifted_at IS NULL
      AND guard.now() < y.until_at
$$;

-- Every disclosure in which these people were given, newest first. A line whose tag the person could find already, with
-- a key that was handed out, is not delayed any more. The salt is that of a look at this person alone: with another's in
-- the answer, it would let their values be tried out.
CREATE OR REPLACE FUNCTION guard.lines(people uuid[])
RETURNS TABLE (disclosure uuid, at timestamptz, kind text, agency_ori text, number bigint, clause text, purpose text,
    case_number text, elements text[], records integer, index bigint, tags text[], elsewhere boolean, muted boolean,
    salt text, delayed_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    WITH subject AS (
        SELECT s.disclosure_id, array_agg(DISTINCT s.tag) AS tags, bool_and(a.id IS NULL) AS elsewhere
        FROM disclosure_disclosuresubject s
        LEFT JOIN records_arrest a ON a.id = s.arrest_id AND a.person_id = ANY (people)
        WHERE s.person_id = ANY (people)
           OR s.arrest_id IN (SELECT id FROM records_arrest WHERE person_id = ANY (people))
        GROUP BY s.disclosure_id
    )
    SELECT d.id, d.begun_at, d.kind, d.agency_ori, d.number, d.clause, d.purpose, d.request ->> 'case_number',
        d.elements, d.record_count, e.index, s.tags, s.elsewhere, d.request IS NULL,
        CASE WHEN NOT EXISTS (SELECT FROM disclosure_disclosuresubject o
                 WHERE o.disclosure_id = d.id AND o.tag <> ALL (s.tags)) THEN encode(d.salt, 'hex') END,
        CASE WHEN NOT EXISTS (SELECT FROM disclosure_retiredkey r
                 WHERE r.person_id = ANY (people) AND guard.tag(r.key, d.id) = ANY (s.tags))
             THEN guard.is_delayed(d.agency_ori, d.request ->> 'case_number') END
    FROM subject s JOIN disclosure_disclosure d ON d.id = s.disclosure_id AND d.outcome = 'permit'
    LEFT JOIN translog_entry e ON e.pending_id = d.pending_id
    ORDER BY d.begun_at DESC, d.id
$$;

-- The lines of whom the look is about; of a delayed one, only until when. The auditor sees them all.
CREATE OR REPLACE FUNCTION guard.account_lines()
RETURNS TABLE (disclosure uuid, at timestamptz, kind text, agency_ori text, number bigint, clause text, purpose text,
    case_number text, elements text[], records integer, index bigint, tags text[], elsewhere boolean, muted boolean,
    salt text, delayed_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT l.* FROM guard.lines(guard.looked_at()) l WHERE l.delayed_until IS NULL
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, l.delayed_until
    FROM guard.lines(guard.looked_at()) l WHERE l.delayed_until IS NOT NULL
$$;

-- Hands out the keys that tie the log's entries to the person, so that they can count them. A key that is handed out is
-- retired: what is looked at afterwards is tagged with another, or a delayed line could be found with it. For the same
-- reason a key is kept back while a line under it is delayed.
CREATE OR REPLACE FUNCTION guard.hand_out_keys() RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    people uuid[] := guard.looked_at();
BEGIN
    PERFORM FROM records_person p WHERE p.id = ANY (people) ORDER BY p.id FOR UPDATE;
    INSERT INTO disclosure_retiredkey (person_id, key, retired_at)
    SELECT p.id, p.commitment_key, guard.now() FROM records_person p
    WHERE p.id = ANY (people) AND NOT EXISTS (
        SELECT FROM guard.lines(people) l
        WHERE l.delayed_until IS NOT NULL AND guard.tag(p.commitment_key, l.disclosure) = ANY (l.tags));
    UPDATE records_person p
    SET commitment_key = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
    FROM disclosure_retiredkey r WHERE r.person_id = p.id AND r.key = p.commitment_key AND p.id = ANY (people);
    RETURN QUERY SELECT encode(r.key, 'hex') FROM disclosure_retiredkey r
    WHERE r.person_id = ANY (people) ORDER BY r.id;
END $$;

-- What the auditor finds: everything that reached the door, permitted or refused, newest first.
CREATE OR REPLACE FUNCTION guard.audit_rows(most integer)
RETURNS TABLE (disclosure uuid, at timestamptz, kind text, outcome text, reason text, number bigint, clause text,
    user_id uuid, agency_ori text, purpose text, case_number text, elements text[], records integer, index bigint,
    pending_id bigint, request jsonb, salt text, delayed_until timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    look disclosure_disclosure := guard.begun_look();
    asked jsonb := look.request;
    people uuid[] := CASE WHEN asked ->> 'arrest' IS NOT NULL THEN guard.looked_at() END;
BEGIN
    IF look.kind <> 'audit' OR asked ? 'of' THEN
        RAISE EXCEPTION 'no audit was begun here' USING ERRCODE = 'OP009';
    END IF;
    RETURN QUERY SELECT d.id, d.begun_at, d.kind, d.outcome, d.reason, d.number, d.clause, d.user_id, d.agency_ori,
        d.purpose, d.request ->> 'case_number', d.elements, d.record_count, e.index, d.pending_id, d.request,
        encode(d.salt, 'hex'), guard.is_delayed(d.agency_ori, d.request ->> 'case_number')
    FROM disclosure_disclosure d LEFT JOIN translog_entry e ON e.pending_id = d.pending_id
    WHERE d.outcome <> 'begun'
      AND (asked ->> 'entry' IS NULL OR d.id = (asked ->> 'entry')::uuid)
      AND (people IS NULL OR d.id IN (SELECT s.disclosure_id FROM disclosure_disclosuresubject s
          WHERE s.person_id = ANY (people)
             OR s.arrest_id IN (SELECT a.id FROM records_arrest a WHERE a.person_id = ANY (people))))
      AND (asked ->> 'officer' IS NULL OR d.user_id = (asked ->> 'officer')::uuid)
      AND (asked ->> 'agency' IS NULL OR d.agency_ori = asked ->> 'agency')
      AND (asked ->> 'purpose' IS NULL OR d.purpose = asked ->> 'purpose')
      AND (asked ->> 'about_case' IS NULL OR d.request ->> 'case_number' = asked ->> 'about_case')
      AND (asked ->> 'outcome' IS NULL OR d.outcome = asked ->> 'outcome')
      AND (asked ->> 'kind' IS NULL OR d.kind = asked ->> 'kind')
      AND (asked ->> 'since' IS NULL OR d.begun_at >= (asked ->> 'since')::timestamptz)
      AND (asked ->> 'until' IS NULL OR d.begun_at < (asked ->> 'until')::timestamptz)
      AND (asked ->> 'before' IS NULL OR (d.begun_at, d.id) <
          (SELECT b.begun_at, b.id FROM disclosure_disclosure b WHERE b.id = (asked ->> 'before')::uuid))
    ORDER BY d.begun_at DESC, d.id DESC LIMIT most;
END $$;

-- Whom the look that was begun is about, with their tags in its entry: the door writes them there.
CREATE OR REPLACE FUNCTION guard.look_subjects()
RETURNS TABLE (arrest uuid, person uuid, tag text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT a.id, p.id, guard.tag(p.commitment_key, look.id) COLLATE "C"
    FROM guard.begun_look() look, records_arrest a JOIN records_person p ON p.id = a.person_id
    WHERE CASE WHEN look.request ->> 'entry' IS NOT NULL
               THEN a.id IN (SELECT s.arrest_id FROM disclosure_disclosuresubject s
                   WHERE s.disclosure_id = (look.request ->> 'entry')::uuid)
               WHEN look.kind <> 'audit' OR look.request ->> 'arrest' IS NOT NULL
               THEN a.person_id = ANY (guard.looked_at()) END
$$;

-- Ends a look: its entry, byte for byte what the database knows, with the tags of whom it was about.
CREATE OR REPLACE FUNCTION guard.end_look(leaf bytea) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    look disclosure_disclosure := guard.begun_look();
    said text := convert_from(leaf, 'UTF8');
    told jsonb := said::jsonb;
    -- Only what looks like a count is read as one: an error of a cast would repeat what was said.
    given integer := CASE WHEN told ->> 'lines' ~ '^(0|[1-9][0-9]{0,5})$' THEN (told ->> 'lines')::integer END;
    tags text[];
    entry bigint;
BEGIN
    WITH about AS (
        INSERT INTO disclosure_disclosuresubject (disclosure_id, arrest_id, person_id, tag)
        SELECT look.id, s.arrest, s.person, s.tag FROM guard.look_subjects() s RETURNING tag
    ) SELECT coalesce(array_agg(DISTINCT a.tag COLLATE "C"), '{}') INTO tags FROM about a;
    IF guard.hidden(told ->> 'answer', told ->> 'asker', told ->> 'criteria', told ->> 'criteria') IS NOT TRUE
       OR given IS NULL OR said IS DISTINCT FROM concat(
        '{"agency":', to_json(look.agency_ori), ',"answer":"', told ->> 'answer', '","asker":"', told ->> 'asker',
        '","at":"', guard.stamp(look.begun_at), '","criteria":"', told ->> 'criteria', '","disclosure":"', look.id,
        '","kind":"', look.kind, '","lines":', given, ',"permit":', to_json(look.clause),
        ',"subjects":', array_to_json(tags), ',"type":"openpars.audit/1"}') THEN
        RAISE EXCEPTION 'the entry does not say what was done' USING ERRCODE = 'OP007';
    END IF;
    INSERT INTO translog_pending (leaf) VALUES (leaf) RETURNING id INTO entry;
    UPDATE disclosure_disclosure d
    SET outcome = 'permit', ended_at = guard.now(), pending_id = entry, record_count = given,
        request = d.request - 'session'
    WHERE d.id = look.id;
    RETURN entry;
END $$;

-- A code for the person of an arrest, printed at the counter: only its digest is kept, for fourteen days. Those that the
-- person was given before and has not used are worth nothing from now on: who asks for another may have lost them.
CREATE OR REPLACE FUNCTION guard.issue_code(who uuid, arrest uuid, new_handle text, digest text)
RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    held record;
    expiry timestamptz := guard.now() + interval '14 days';
BEGIN
    SELECT a.* INTO held FROM guard.act('account', who, new_handle, '{"code": "issued"}') a;
    UPDATE disclosure_accesscode k SET expires_at = guard.now() FROM records_arrest a
    WHERE a.id = arrest AND k.person_id = ANY (guard.same_person(a.person_id)) AND k.used_at IS NULL
      AND k.expires_at > guard.now();
    INSERT INTO disclosure_accesscode (
        handle, secret_digest, person_id, agency_ori, issued_at, issued_by, expires_at, tries)
    SELECT new_handle, digest, a.person_id, held.ori, guard.now(), who, expiry, 0
    FROM records_arrest a WHERE a.id = arrest;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such arrest' USING ERRCODE = 'OP003';
    END IF;
    RETURN expiry;
END $$;

-- Takes a code, once: half an hour for that person alone. Five wrong tries and the code is worth nothing.
CREATE OR REPLACE FUNCTION guard.redeem_code(wanted text, digest text, session text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    code disclosure_accesscode;
BEGIN
    SELECT k.* INTO code FROM disclosure_accesscode k WHERE k.handle = wanted FOR UPDATE;
    IF NOT FOUND OR code.used_at IS NOT NULL OR guard.now() >= code.expires_at OR code.tries >= 5 THEN
        RETURN false;
    END IF;
    IF code.secret_digest <> digest THEN
        UPDATE disclosure_accesscode k SET tries = k.tries + 1 WHERE k.handle = wanted;
        RETURN false;
    END IF;
    UPDATE disclosure_accesscode k
    SET used_at = guard.now(), session_digest = session, session_until_at = guard.now() + interval '30 minutes'
    WHERE k.handle = wanted;
    RETURN true;
END $$;

CREATE OR REPLACE FUNCTION guard.leave_session(session text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ UPDATE disclosure_accesscode k SET session_until_at = guard.now() WHERE k.session_digest = session $$;

-- Puts off, on a named authority and until a day, that people are told of one agency's looks for one case: those made
-- and those to come. The log has an entry of it, which names neither.
CREATE OR REPLACE FUNCTION guard.delay_lines(
    who uuid, new_id uuid, ori text, about_case text, new_authority text, new_until timestamptz, new_salt bytea,
    terms text)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.now();
BEGIN
    PERFORM guard.act('delay_line', who, new_id::text, '{}');
    IF NOT EXISTS (SELECT FROM agencies_agency g WHERE g.ori = delay_lines.ori) OR new_until <= moment
       OR new_until > moment + interval '1 year' OR (terms ~ '^[0-9a-f]{64}$') IS NOT TRUE THEN
        RAISE EXCEPTION 'not a delay' USING ERRCODE = 'OP007';
    END IF;
    INSERT INTO disclosure_delayedline (
        id, agency_ori, case_number, authority, until_at, placed_at, placed_by, salt)
    VALUES (new_id, ori, about_case, new_authority, new_until, moment, who, new_salt);
    INSERT INTO translog_pending (leaf) VALUES (convert_to(concat(
        '{"at":"', guard.stamp(moment), '","delay":"', new_id, '","terms":"', terms,
        '","type":"openpars.delay/1","until":"', guard.stamp(new_until), '"}'), 'UTF8'));
    RETURN (SELECT count(*) FROM disclosure_disclosure d
        WHERE d.agency_ori = ori AND d.request ->> 'case_number' = about_case AND d.outcome = 'permit');
END $$;

-- Ends a delay before its day.
CREATE OR REPLACE FUNCTION guard.lift_delay(who uuid, which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM guard.act('delay_line', who, which::text, '{"delay": "lifted"}');
    UPDATE disclosure_delayedline y SET lifted_at = guard.now(), lifted_by = who
    WHERE y.id = which AND y.lifted_at IS NULL AND guard.now() < y.until_at;
    RETURN FOUND;
END $$;

-- The delays that somebody's own office has placed, newest first.
CREATE OR REPLACE FUNCTION guard.delays_of(who uuid)
RETURNS TABLE (id uuid, agency_ori text, case_number text, authority text, until_at timestamptz,
    placed_at timestamptz, lifted_at timestamptz, lines bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT y.id, y.agency_ori, y.case_number, y.authority, y.until_at, y.placed_at, y.lifted_at,
        (SELECT count(*) FROM disclosure_disclosure d WHERE d.agency_ori = y.agency_ori
            AND d.request ->> 'case_number' = y.case_number AND d.outcome = 'permit')
    FROM disclosure_delayedline y JOIN agencies_user p ON p.id = y.placed_by
    JOIN agencies_user u ON u.id = who AND u.is_active AND u.agency_id = p.agency_id
    ORDER BY y.placed_at DESC
$$;

-- A person is gone from the records: so are the keys that tied the log to them, and every code for them.
CREATE OR REPLACE FUNCTION guard.person_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    DELETE FROM disclosure_retiredkey WHERE person_id = OLD.id;
    DELETE FROM disclosure_accesscode WHERE person_id = OLD.id;
    RETURN NULL;
END $$;

-- An arrest of somebody who stays is erased: the keys that tie its entries to them are destroyed too, and the codes and
-- sessions that lead to their lines. Their other lines keep their tags, one by one; that none is missing can from then
-- on be shown only for what comes after.
CREATE OR REPLACE FUNCTION guard.untie(gone uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    people uuid[] := ARRAY(
        SELECT unnest(guard.same_person(a.person_id)) FROM records_arrest a WHERE a.id = ANY (gone)
        UNION SELECT s.person_id FROM disclosure_disclosuresubject s WHERE s.arrest_id = ANY (gone));
BEGIN
    DELETE FROM disclosure_retiredkey WHERE person_id = ANY (people);
    DELETE FROM disclosure_accesscode WHERE person_id = ANY (people);
    UPDATE records_person p
    SET commitment_key = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
    WHERE p.id = ANY (people);
END $$;

REVOKE ALL ON FUNCTION guard.act(text, uuid, text, jsonb), guard.same_person(uuid), guard.begun_look(),
    guard.begin_look(uuid, text, uuid, text, jsonb, bytea), guard.looked_at(), guard.is_delayed(text, text),
    guard.lines(uuid[]), guard.account_lines(), guard.hand_out_keys(), guard.audit_rows(integer),
    guard.end_look(bytea), guard.look_subjects(), guard.issue_code(uuid, uuid, text, text),
    guard.redeem_code(text, text, text), guard.leave_session(text),
    guard.delay_lines(uuid, uuid, text, text, text, timestamptz, bytea, text), guard.lift_delay(uuid, uuid),
    guard.delays_of(uuid), guard.person_gone(), guard.untie(uuid[]) FROM PUBLIC;
