-- What a permit may require beyond a word: that the case exists, that the person is on it, that a supervisor approved;
-- hours of the day, and limits for an agency as a whole. begin_disclosure asks here; the views ask case_people.
--
-- Functions alone, run again by a migration when one changes (see guard.sql). No message holds a value.

-- Whether a number is that of a case: a number of the city's, or an open case that the agency registered.
CREATE OR REPLACE FUNCTION guard.case_exists(ori text, typed text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    forms text[] := guard.number_forms(typed);
BEGIN
    RETURN EXISTS (SELECT FROM disclosure_agencycase c
            WHERE c.agency_ori = ori AND c.number = typed AND c.closed_at IS NULL)
        OR EXISTS (SELECT FROM records_incident i WHERE i.dc_number = ANY (forms))
        OR EXISTS (SELECT FROM records_arrest a WHERE a.otn <> '' AND a.otn = ANY (forms))
        OR EXISTS (SELECT FROM records_charge c WHERE c.docket_number <> '' AND c.docket_number = ANY (forms));
END $$;

-- The people whom a case is about while it is open: those of its subjects that are named by `keys` alone, or all (null).
-- Compared anew each time: nothing else knows whether a subject is anybody.
CREATE OR REPLACE FUNCTION guard.people_of_case(which uuid, keys text[]) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN ARRAY(
        SELECT p.id FROM disclosure_casesubject s JOIN records_person p ON p.birth_date = s.birth_date
            AND p.surname_folded = s.surname_folded AND p.given_folded = s.given_folded
        WHERE s.case_id = which AND (keys IS NULL OR keys @> '{birth_date,name}')
        UNION SELECT a.person_id FROM disclosure_casesubject s JOIN records_arrest a ON a.otn = s.otn
        WHERE s.case_id = which AND s.otn <> '' AND (keys IS NULL OR keys @> '{otn}')
        UNION SELECT a.person_id FROM disclosure_casesubject s JOIN records_arrest a ON a.id = s.arrest_id
        WHERE s.case_id = which);
END $$;

-- The open cases that an arrest is of interest to: those with its person as a subject. For subscriptions.
CREATE OR REPLACE FUNCTION guard.cases_of(arrest uuid)
RETURNS TABLE (case_id uuid, agency_ori text, number text, owner_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT c.id, c.agency_ori, c.number, c.owner_id FROM disclosure_agencycase c
        WHERE c.closed_at IS NULL AND c.id IN (
            SELECT s.case_id FROM records_arrest a JOIN records_person p ON p.id = a.person_id
            JOIN disclosure_casesubject s ON s.birth_date = p.birth_date
                AND s.surname_folded = p.surname_folded AND s.given_folded = p.given_folded
            WHERE a.id = arrest
            UNION SELECT s.case_id FROM records_arrest a JOIN records_arrest n ON n.person_id = a.person_id
            JOIN disclosure_casesubject s ON s.otn = n.otn AND s.otn <> ''
            WHERE a.id = arrest
            UNION SELECT s.case_id FROM records_arrest a JOIN records_arrest n ON n.person_id = a.person_id
            JOIN disclosure_casesubject s ON s.arrest_id = n.id
            WHERE a.id = arrest);
END $$;

-- The permits whose disclosures count against the limits of this one: its own, and all of the versions that its version
-- took the place of. A narrowing takes effect without the votes: it must not give back what is used up.
CREATE OR REPLACE FUNCTION guard.counted(wanted text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN wanted || ARRAY(
        SELECT o.schema FROM agreements_permit p JOIN agreements_agreementversion v ON v.number = p.agreement_id
        JOIN agreements_agreementversion w ON w.identifier = v.identifier AND w.version < v.version
        JOIN agreements_permit o ON o.agreement_id = w.number
        WHERE p.schema = wanted);
END $$;

-- What of a day's limits of this permit is used up on a day of the city's. A permit with such limits keeps count
-- (guard.day_use); one without, of a version before, is counted anew.
CREATE OR REPLACE FUNCTION guard.used(wanted text, today date) RETURNS TABLE (requests bigint, results bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    versions text[] := guard.counted(wanted);
BEGIN
    SELECT coalesce(sum(u.requests), 0), coalesce(sum(u.results), 0) INTO requests, results
    FROM guard.day_use u WHERE u.used_on = today AND u.schema = ANY (versions);
    IF cardinality(versions) > 1 THEN
        SELECT requests + count(*), results + coalesce(sum(d.record_count), 0) INTO requests, results
        FROM guard.city c CROSS JOIN disclosure_disclosure d JOIN agreements_permit p ON p.schema = d.schema
        WHERE d.schema = ANY (versions) AND num_nonnulls(p.requests_per_day, p.results_per_day) = 0
          AND d.begun_at >= today::timestamp AT TIME ZONE c.zone AND d.kind <> 'event';
    END IF;
    RETURN NEXT;
END $$;

-- What begin_disclosure asks before it writes the row: raises where the permit's requirements are not met. The lock
-- is the agency's under this agreement, taken last and by nobody else: two requests at once must see each other.
CREATE OR REPLACE FUNCTION guard.check_requirements(
    wanted text, new_kind text, asker uuid, ori text, new_purpose text, case_number text, moment timestamptz,
    zone text)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    p record;
    today date := (moment AT TIME ZONE zone)::date;
    month_ago timestamptz := moment - interval '30 days';
    versions integer[];
    clock time;
BEGIN
    SELECT t.* INTO p FROM agreements_permit t WHERE t.schema = wanted;
    IF 'case_number' = ANY (p.requires) AND btrim(coalesce(check_requirements.case_number, '')) = '' THEN
        RAISE EXCEPTION 'no case is named' USING ERRCODE = 'OP025';
    END IF;
    IF 'case_exists' = ANY (p.requires) AND guard.case_exists(ori, case_number) IS NOT TRUE THEN
        RAISE EXCEPTION 'no such case' USING ERRCODE = 'OP022';
    END IF;
    -- A subscription was made under the rest; what it tells of later waits for no hour, and is no request of a day.
    IF new_kind = 'event' THEN
        RETURN;
    END IF;
    IF p.opens IS NOT NULL THEN
        clock := (moment AT TIME ZONE p.time_zone)::time;
        IF NOT (CASE WHEN p.opens < p.closes THEN clock >= p.opens AND clock < p.closes
                     ELSE clock >= p.opens OR clock < p.closes END) THEN
            RAISE EXCEPTION 'outside the hours' USING ERRCODE = 'OP021';
        END IF;
    END IF;
    IF 'supervisor_approval' = ANY (p.requires) AND NOT EXISTS (
        SELECT FROM disclosure_approval v JOIN agencies_user s ON s.id = v.approved_by
        WHERE v.asker_id = asker AND v.case_number = check_requirements.case_number AND v.purpose = new_purpose
          AND v.withdrawn_at IS NULL AND v.approved_at <= moment
          AND moment < v.approved_at + least(v.hours, p.approval_lasts_hours) * interval '1 hour'
          AND s.id <> asker AND s.agency_id = ori AND s.role = ANY (p.supervisors) AND s.is_active
          AND least(s.screened_until, s.trained_until) >= (moment AT TIME ZONE zone)::date) THEN
        RAISE EXCEPTION 'no approval' USING ERRCODE = 'OP023';
    END IF;
    IF p.most_people IS NOT NULL THEN
        -- Whoever asked under the agreement, this version or one before, in the last thirty days is counted already.
        versions := ARRAY(
            SELECT w.number FROM agreements_agreementversion v
            JOIN agreements_agreementversion w ON w.identifier = v.identifier AND w.version <= v.version
            WHERE v.number = p.agreement_id);
        IF NOT EXISTS (SELECT FROM disclosure_disclosure d
            WHERE d.user_id = asker AND d.begun_at > month_ago AND d.number = ANY (versions)) THEN
            PERFORM pg_advisory_xact_lock(7305, p.agreement_id);
            IF (SELECT count(DISTINCT d.user_id) FROM disclosure_disclosure d
                WHERE d.number = ANY (versions) AND d.begun_at > month_ago AND d.user_id <> asker) >= p.most_people THEN
                RAISE EXCEPTION 'too many people' USING ERRCODE = 'OP024';
            END IF;
        END IF;
    END IF;
    IF new_kind <> 'subscribe' AND num_nonnulls(p.requests_per_day, p.results_per_day) > 0 THEN
        PERFORM pg_advisory_xact_lock(7305, p.agreement_id);
        IF EXISTS (SELECT FROM guard.used(wanted, today) AS used
            WHERE used.requests >= p.requests_per_day OR used.results >= p.results_per_day) THEN
            RAISE EXCEPTION 'the day''s limit is used up' USING ERRCODE = 'OP005';
        END IF;
        INSERT INTO guard.day_use AS u (schema, used_on, requests) VALUES (wanted, today, 1)
        ON CONFLICT (schema, used_on) DO UPDATE SET requests = u.requests + 1;
    END IF;
END $$;

-- Somebody in standing of an outside agency: its ORI, else null.
CREATE OR REPLACE FUNCTION guard.outside_agency_of(who uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT g.ori FROM agencies_user u JOIN agencies_agency g ON g.ori = u.agency_id, guard.city c
        WHERE u.id = who AND u.is_active AND g.office IS NULL
          AND least(u.screened_until, u.trained_until) >= (guard.now() AT TIME ZONE c.zone)::date);
END $$;

-- Every act on cases and approvals is an entry of the log; nothing in it is about a person.
CREATE OR REPLACE FUNCTION guard.note_case(ori text, what text, which uuid, kind text, moment timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO translog_pending (leaf) VALUES (convert_to(concat(
        '{"agency":', to_json(ori), ',"at":"', guard.stamp(moment), '","reference":"', which, '","type":"openpars.', kind,
        '/1","verb":"', what, '"}'), 'UTF8'));
END $$;

-- Names whom a case is about. Nothing is looked up, so nothing can be learned: what is done is the same whoever is in the
-- records. An arrest must have been given to the agency; one that was not and one that does not exist are refused alike.
CREATE OR REPLACE FUNCTION guard.name_subjects(which uuid, ori text, subjects jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO disclosure_casesubject (case_id, given_folded, surname_folded, birth_date, otn, arrest_id)
    SELECT which, coalesce(s ->> 'given', ''), coalesce(s ->> 'surname', ''), (s ->> 'birth_date')::date,
        coalesce(s ->> 'otn', ''), (s ->> 'arrest')::uuid
    FROM jsonb_array_elements(subjects) s
    ON CONFLICT DO NOTHING;
    UPDATE disclosure_agencycase c SET keys = ARRAY(
        SELECT unnest(c.keys)
        UNION SELECT unnest(ARRAY['birth_date', 'name']) FROM jsonb_array_elements(subjects) s
            WHERE s ->> 'birth_date' IS NOT NULL
        UNION SELECT 'otn' FROM jsonb_array_elements(subjects) s WHERE s ->> 'otn' <> '' ORDER BY 1)
    WHERE c.id = which;
    IF (SELECT count(*) NOT BETWEEN 1 AND 50 FROM disclosure_casesubject s WHERE s.case_id = which)
       OR EXISTS (SELECT FROM jsonb_array_elements(subjects) s WHERE s ->> 'arrest' IS NOT NULL AND NOT EXISTS (
            SELECT FROM disclosure_disclosuresubject g JOIN disclosure_disclosure d ON d.id = g.disclosure_id
            WHERE g.arrest_id = (s ->> 'arrest')::uuid AND d.agency_ori = ori AND d.outcome = 'permit')) THEN
        RAISE EXCEPTION 'not to be named' USING ERRCODE = 'OP020';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION guard.open_case(new_id uuid, new_number text, subjects jsonb, who uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    ori text := guard.outside_agency_of(who);
    moment timestamptz := guard.now();
BEGIN
    IF ori IS NULL OR (length(new_number) <= 64 AND new_number ~ '[^[:space:]]' AND new_number !~ '[[:cntrl:]]')
       IS NOT TRUE THEN
        RETURN false;
    END IF;
    INSERT INTO disclosure_agencycase (id, agency_ori, number, owner_id, opened_at)
    VALUES (new_id, ori, new_number, who, moment) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM guard.name_subjects(new_id, ori, subjects), guard.note_case(ori, 'open', new_id, 'case', moment);
    RETURN true;
EXCEPTION WHEN SQLSTATE 'OP020' THEN
    RETURN false;
END $$;

CREATE OR REPLACE FUNCTION guard.add_subjects(which uuid, subjects jsonb, who uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    ori text := guard.outside_agency_of(who);
BEGIN
    PERFORM FROM disclosure_agencycase c WHERE c.id = which AND c.agency_ori = ori AND c.closed_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM guard.name_subjects(which, ori, subjects), guard.note_case(ori, 'add', which, 'case', guard.now());
    RETURN true;
EXCEPTION WHEN SQLSTATE 'OP020' THEN
    RETURN false;
END $$;

-- Closed by anybody of the agency; whom it was about is forgotten with it.
CREATE OR REPLACE FUNCTION guard.close_case(which uuid, who uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    ori text := guard.outside_agency_of(who);
    moment timestamptz := guard.now();
BEGIN
    UPDATE disclosure_agencycase c SET closed_at = moment
    WHERE c.id = which AND c.agency_ori = ori AND c.closed_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM disclosure_casesubject WHERE case_id = which;
    PERFORM guard.stop_following(which);
    PERFORM guard.note_case(ori, 'close', which, 'case', moment);
    RETURN true;
END $$;

-- Whether an agreement of the agency calls this person a supervisor.
CREATE OR REPLACE FUNCTION guard.supervises(ori text, who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM agencies_user s JOIN agreements_permit p ON p.receiver_ori = ori AND s.role = ANY (p.supervisors)
        JOIN agreements_agreementversion v ON v.number = p.agreement_id AND v.terminated_at IS NULL
            AND guard.now() < v.ends_at
        WHERE s.id = who AND s.agency_id = ori);
END $$;

-- Somebody asks their supervisors for approval to ask: only where a permit of the agency requires one for this purpose,
-- and once until it is answered.
CREATE OR REPLACE FUNCTION guard.ask_approval(new_id uuid, for_case text, for_purpose text, who uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    ori text := guard.outside_agency_of(who);
    moment timestamptz := guard.now();
BEGIN
    UPDATE disclosure_approval v SET withdrawn_at = moment
    WHERE v.asker_id = who AND v.approved_at IS NULL AND v.withdrawn_at IS NULL
      AND v.asked_at <= moment - interval '7 days';
    INSERT INTO disclosure_approval (id, agency_ori, asker_id, case_number, purpose, asked_at)
    SELECT new_id, ori, who, for_case, for_purpose, moment
    WHERE length(for_case) BETWEEN 1 AND 64 AND for_case ~ '[^[:space:]]' AND EXISTS (
        SELECT FROM agreements_permit p JOIN agreements_agreementversion v ON v.number = p.agreement_id
        WHERE p.receiver_ori = ori AND 'supervisor_approval' = ANY (p.requires) AND for_purpose = ANY (p.purposes)
          AND v.terminated_at IS NULL AND moment < v.ends_at)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM guard.note_case(ori, 'ask', new_id, 'approval', moment);
    RETURN true;
END $$;

-- What was asked for is approved once, for so many hours, by a supervisor who is somebody else.
CREATE OR REPLACE FUNCTION guard.grant_approval(which uuid, for_hours integer, why text, who uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    ori text := guard.outside_agency_of(who);
    moment timestamptz := guard.now();
BEGIN
    UPDATE disclosure_approval v SET approved_by = who, approved_at = moment, hours = for_hours, reason = why
    FROM agencies_user u
    WHERE v.id = which AND v.agency_ori = ori AND v.approved_at IS NULL AND v.withdrawn_at IS NULL
      AND moment < v.asked_at + interval '7 days'
      AND u.id = v.asker_id AND u.agency_id = ori AND u.id <> who AND guard.supervises(ori, who)
      AND for_hours BETWEEN 1 AND 720 AND length(why) BETWEEN 1 AND 300 AND why ~ '[^[:space:]]'
      AND why !~ '[[:cntrl:]]';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM guard.note_case(ori, 'approve', which, 'approval', moment);
    RETURN true;
END $$;

-- Taken back for good, asked for or approved: by whoever asked, or by a supervisor.
CREATE OR REPLACE FUNCTION guard.withdraw_approval(which uuid, who uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    ori text := guard.outside_agency_of(who);
    moment timestamptz := guard.now();
BEGIN
    UPDATE disclosure_approval v SET withdrawn_at = moment
    WHERE v.id = which AND v.agency_ori = ori AND v.withdrawn_at IS NULL
      AND (v.asker_id = who OR guard.supervises(ori, who));
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM guard.note_case(ori, 'withdraw', which, 'approval', moment);
    RETURN true;
END $$;

-- An approval that nobody asked for: none any more. It stands because migration 0012 grants it.
CREATE OR REPLACE FUNCTION guard.approve(new_id uuid, whom uuid, new_case text, new_purpose text, who uuid)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$ SELECT false $$;

-- Records are being erased: whoever is gone from the city with them is no case's subject any more, by name or number.
CREATE OR REPLACE FUNCTION guard.forget_subjects(gone uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    DELETE FROM disclosure_casesubject s USING records_arrest a JOIN records_person p ON p.id = a.person_id
    WHERE a.id = ANY (gone) AND (s.arrest_id = a.id OR (s.otn <> '' AND s.otn = a.otn)
        OR (s.birth_date = p.birth_date AND s.surname_folded = p.surname_folded AND s.given_folded = p.given_folded
            AND NOT EXISTS (SELECT FROM records_arrest o WHERE o.person_id = p.id AND NOT o.id = ANY (gone))));
END $$;

REVOKE ALL ON FUNCTION guard.counted(text), guard.used(text, date),
    guard.case_exists(text, text), guard.people_of_case(uuid, text[]), guard.cases_of(uuid),
    guard.check_requirements(text, text, uuid, text, text, text, timestamptz, text), guard.outside_agency_of(uuid),
    guard.note_case(text, text, uuid, text, timestamptz), guard.name_subjects(uuid, text, jsonb),
    guard.open_case(uuid, text, jsonb, uuid), guard.add_subjects(uuid, jsonb, uuid), guard.close_case(uuid, uuid),
    guard.supervises(text, uuid), guard.ask_approval(uuid, text, text, uuid),
    guard.grant_approval(uuid, integer, text, uuid), guard.withdraw_approval(uuid, uuid),
    guard.approve(uuid, uuid, text, text, uuid), guard.forget_subjects(uuid[])
    FROM PUBLIC;
