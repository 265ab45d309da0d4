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

-- The open cases that an arrest is of interest to: those with its person as a subject. For subscriptions.
CREATE OR REPLACE FUNCTION guard.cases_of(arrest uuid)
RETURNS TABLE (case_id uuid, agency_ori text, number text, owner_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT c.id, c.agency_ori, c.number, c.owner_id
        FROM records_arrest a JOIN records_person p ON p.id = a.person_id
        JOIN disclosure_casesubject s ON s.birth_date = p.birth_date
            AND s.surname_folded = p.surname_folded AND s.given_folded = p.given_folded
        JOIN disclosure_agencycase c ON c.id = s.case_id AND c.closed_at IS NULL
        WHERE a.id = arrest;
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
    today timestamptz := date_trunc('day', moment, zone);
    month_ago timestamptz := moment - interval '30 days';
    clock time;
BEGIN
    SELECT t.*, ARRAY(SELECT o.schema FROM agreements_permit o WHERE o.agreement_id = t.agreement_id) AS schemas
    INTO p FROM agreements_permit t WHERE t.schema = wanted;
    IF 'case_exists' = ANY (p.requires) AND guard.case_exists(ori, case_number) IS NOT TRUE THEN
        RAISE EXCEPTION 'no such case' USING ERRCODE = 'OP022';
    END IF;
    -- A subscription was begun under all of these; what it tells of later waits for no hour, and is no request of a day.
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
          AND v.approved_at > moment - p.approval_lasts_hours * interval '1 hour'
          AND s.id <> asker AND s.agency_id = ori AND s.role = ANY (p.supervisors) AND s.is_active
          AND least(s.screened_until, s.trained_until) >= (moment AT TIME ZONE zone)::date) THEN
        RAISE EXCEPTION 'no approval' USING ERRCODE = 'OP023';
    END IF;
    IF p.most_people IS NOT NULL AND NOT EXISTS (
        SELECT FROM disclosure_disclosure d
        WHERE d.user_id = asker AND d.begun_at > month_ago AND d.schema = ANY (p.schemas)) THEN
        PERFORM pg_advisory_xact_lock(7305, p.agreement_id);
        IF (SELECT count(DISTINCT d.user_id) FROM disclosure_disclosure d
            WHERE d.schema = ANY (p.schemas) AND d.begun_at > month_ago AND d.user_id <> asker) >= p.most_people THEN
            RAISE EXCEPTION 'too many people' USING ERRCODE = 'OP024';
        END IF;
    END IF;
    IF num_nonnulls(p.requests_per_day, p.results_per_day) > 0 THEN
        PERFORM pg_advisory_xact_lock(7305, p.agreement_id);
        IF EXISTS (SELECT FROM (
            SELECT count(*) AS requests, coalesce(sum(d.record_count), 0) AS results FROM disclosure_disclosure d
            WHERE d.schema = wanted AND d.begun_at >= today AND d.kind <> 'event') used
            WHERE used.requests >= p.requests_per_day OR used.results >= p.results_per_day) THEN
            RAISE EXCEPTION 'the day''s limit is used up' USING ERRCODE = 'OP005';
        END IF;
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

CREATE OR REPLACE FUNCTION guard.open_case(new_id uuid, new_number text, subjects jsonb, who uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    ori text := guard.outside_agency_of(who);
    moment timestamptz := guard.now();
BEGIN
    IF ori IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO disclosure_agencycase (id, agency_ori, number, owner_id, opened_at)
    VALUES (new_id, ori, new_number, who, moment) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO disclosure_casesubject (case_id, given_folded, surname_folded, birth_date)
    SELECT new_id, s ->> 'given', s ->> 'surname', (s ->> 'birth_date')::date FROM jsonb_array_elements(subjects) s
    ON CONFLICT DO NOTHING;
    PERFORM guard.note_case(ori, 'open', new_id, 'case', moment);
    RETURN true;
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
    PERFORM guard.note_case(ori, 'close', which, 'case', moment);
    RETURN true;
END $$;

CREATE OR REPLACE FUNCTION guard.approve(new_id uuid, whom uuid, new_case text, new_purpose text, who uuid)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    ori text := guard.outside_agency_of(who);
    moment timestamptz := guard.now();
BEGIN
    -- Somebody whom no agreement of the agency calls a supervisor has nothing to approve.
    INSERT INTO disclosure_approval (id, agency_ori, asker_id, case_number, purpose, approved_by, approved_at)
    SELECT new_id, ori, u.id, new_case, new_purpose, who, moment
    FROM agencies_user u, agencies_user s
    WHERE u.id = whom AND u.agency_id = ori AND s.id = who AND s.id <> u.id
      AND EXISTS (SELECT FROM agreements_permit p JOIN agreements_agreementversion v ON v.number = p.agreement_id
          WHERE p.receiver_ori = ori AND s.role = ANY (p.supervisors) AND v.terminated_at IS NULL);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM guard.note_case(ori, 'approve', new_id, 'approval', moment);
    RETURN true;
END $$;

CREATE OR REPLACE FUNCTION guard.withdraw_approval(which uuid, who uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    ori text := guard.outside_agency_of(who);
    moment timestamptz := guard.now();
BEGIN
    UPDATE disclosure_approval v SET withdrawn_at = moment
    WHERE v.id = which AND v.agency_ori = ori AND v.approved_by = who AND v.withdrawn_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM guard.note_case(ori, 'withdraw', which, 'approval', moment);
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION guard.case_exists(text, text), guard.cases_of(uuid),
    guard.check_requirements(text, text, uuid, text, text, text, timestamptz, text), guard.outside_agency_of(uuid),
    guard.note_case(text, text, uuid, text, timestamptz), guard.open_case(uuid, text, jsonb, uuid),
    guard.close_case(uuid, uuid), guard.approve(uuid, uuid, text, text, uuid), guard.withdraw_approval(uuid, uuid)
    FROM PUBLIC;
