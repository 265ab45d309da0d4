-- Who is told: whoever was given a value that was corrected, or a record that the law has since closed or erased.
--
-- Two triggers of the guard on tables of records: what is written there is told here, in the same transaction, so that
-- no correction and no order goes without. A notice names an agency and disclosures; nothing about a person.

-- Write a notice for each agency that was given one of `arrests` (with one of `told`, where that is not null), and add
-- to those that are written already. Each new one is an entry of the log.
CREATE OR REPLACE FUNCTION guard.tell(
    new_kind text, new_reference text, arrests uuid[], told text[], but_not text)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    given record;
    fresh uuid;
    moment timestamptz := guard.now();
BEGIN
    FOR given IN
        SELECT d.agency_ori, array_agg(DISTINCT d.id) AS disclosures
        FROM disclosure_disclosuresubject s JOIN disclosure_disclosure d ON d.id = s.disclosure_id
        WHERE s.arrest_id = ANY (arrests) AND d.outcome = 'permit' AND d.agency_ori IS DISTINCT FROM but_not
          AND (told IS NULL OR EXISTS (
              SELECT FROM unnest(d.elements) e WHERE split_part(e, ':', 1) = ANY (told)))
        GROUP BY d.agency_ori ORDER BY d.agency_ori
    LOOP
        fresh := NULL;
        INSERT INTO disclosure_notice (id, kind, reference, agency_ori, elements, disclosures, written_at)
        VALUES (gen_random_uuid(), new_kind, new_reference, given.agency_ori, coalesce(told, '{}'),
            given.disclosures, moment)
        ON CONFLICT (reference, agency_ori) DO NOTHING RETURNING id INTO fresh;
        IF fresh IS NULL THEN
            UPDATE disclosure_notice n
            SET disclosures = ARRAY(SELECT unnest(n.disclosures) UNION SELECT unnest(given.disclosures)),
                acknowledged_at = CASE WHEN given.disclosures <@ n.disclosures THEN acknowledged_at END
            WHERE n.reference = new_reference AND n.agency_ori = given.agency_ori;
        ELSE
            INSERT INTO translog_pending (leaf) VALUES (convert_to(concat(
                '{"agency":', to_json(given.agency_ori), ',"at":"', guard.stamp(moment), '","kind":"', new_kind,
                '","notice":"', fresh, '","type":"openpars.notice/1"}'), 'UTF8'));
        END IF;
    END LOOP;
END $$;

-- The agency of whoever acts: it knows already.
CREATE OR REPLACE FUNCTION guard.acting_agency() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT u.agency_id FROM records_trace t JOIN agencies_user u ON u.id::text = t.by
    WHERE t.id = nullif(current_setting('records.trace', true), '')::bigint
$$;

-- A value was corrected by the verb for it: its trace says which elements show the value.
CREATE OR REPLACE FUNCTION guard.correction_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    shown text[] := (SELECT string_to_array(t.detail ->> 'elements', ' ') FROM records_trace t
        WHERE t.id = NEW.trace_id AND t.verb = 'correct');
BEGIN
    IF shown IS NOT NULL THEN
        PERFORM guard.tell('correction', NEW.id::text, ARRAY(
            SELECT a.id FROM records_arrest a
            WHERE a.id = NEW.arrest_id OR (NEW.relation = 'person' AND a.person_id = NEW.row)
               OR (NEW.relation = 'incident' AND a.incident_id = NEW.row)), shown, guard.acting_agency());
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION guard.order_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM guard.tell(CASE NEW.kind WHEN 'limited-access' THEN NEW.kind ELSE 'expungement' END, NEW.id::text,
        records_ordered(NEW.id), NULL, guard.acting_agency());
    RETURN NULL;
END $$;

-- An order to erase is being carried out: whoever was given the record since it was entered is told too, then what was
-- asked and the salts that open the entries are destroyed. The entries stand, and say no more than their public facts.
CREATE OR REPLACE FUNCTION guard.order_carried_out() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    gone uuid[] := records_ordered(NEW.id);
    numbers text[];
BEGIN
    PERFORM guard.tell('expungement', NEW.id::text, gone, NULL, guard.acting_agency());
    IF NEW.kind = 'limited-list' THEN
        RETURN NULL;
    END IF;
    numbers := guard.numbers_of(gone);
    UPDATE disclosure_disclosure d SET request = NULL, salt = NULL
    WHERE d.request IS NOT NULL AND (
        EXISTS (SELECT FROM disclosure_disclosuresubject s WHERE s.disclosure_id = d.id AND s.arrest_id = ANY (gone))
        OR guard.asked_about(d.request, gone, numbers));
    PERFORM guard.untie(gone), guard.forget_subjects(gone), guard.forget_cases(numbers);
    DELETE FROM disclosure_disclosuresubject WHERE arrest_id = ANY (gone);
    -- Who wrote, when and from where stays; on which arrest, nobody can say any more.
    UPDATE agencies_event e SET about = NULL, salt = NULL
    WHERE e.trace IS NOT NULL AND e.about ->> 'arrest' = ANY (gone::text[]);
    RETURN NULL;
END $$;

-- The numbers that led to these arrests and to nothing that stays.
CREATE OR REPLACE FUNCTION guard.numbers_of(gone uuid[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT coalesce(array_agg(n.number), '{}') FROM (
        SELECT a.otn AS number FROM records_arrest a WHERE a.id = ANY (gone)
        UNION SELECT p.sid FROM records_arrest a JOIN records_person p ON p.id = a.person_id WHERE a.id = ANY (gone)
        UNION SELECT c.docket_number FROM records_charge c WHERE c.arrest_id = ANY (gone)
        UNION SELECT i.dc_number FROM records_arrest a JOIN records_incident i ON i.id = a.incident_id
            WHERE a.id = ANY (gone) AND NOT EXISTS (
                SELECT FROM records_arrest o WHERE o.incident_id = i.id AND NOT o.id = ANY (gone))
    ) n WHERE n.number <> ''
$$;

-- Whether a number that somebody typed is one of these, written in whichever way.
CREATE OR REPLACE FUNCTION guard.is_one_of(typed text, numbers text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$ SELECT coalesce(typed = ANY (numbers) OR guard.number_forms(typed) && numbers, false) $$;

-- Whether a question names one of these arrests, its person or one of its `numbers`, though the answer did not hold them: by
-- reference, by number, or by the very name (with no other date of birth).
CREATE OR REPLACE FUNCTION guard.asked_about(request jsonb, gone uuid[], numbers text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT guard.is_one_of(request ->> 'number', numbers) OR guard.is_one_of(request ->> 'case_number', numbers)
        OR guard.is_one_of(request ->> 'about_case', numbers) OR EXISTS (
        SELECT FROM records_arrest a JOIN records_person p ON p.id = a.person_id
        WHERE a.id = ANY (gone) AND (
            request ->> 'arrest' = a.id::text OR request -> 'only' ? a.id::text
            OR (request ->> 'surname' = p.surname_folded AND p.surname_folded <> ''
                AND request ->> 'given' IN ('', p.given_folded)
                AND coalesce(request ->> 'birth_date', p.birth_date::text, '') = coalesce(p.birth_date::text, ''))))
$$;

-- What outside agencies did under one of these numbers is told from it no more: subscriptions for such a case stop,
-- registered cases close, and of neither is the number kept; approvals for it go.
CREATE OR REPLACE FUNCTION guard.forget_cases(numbers text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.now();
    stopped record;
BEGIN
    FOR stopped IN
        UPDATE disclosure_subscription s SET case_number = 'removed', stopped_at = coalesce(s.stopped_at, moment),
            why = CASE WHEN s.stopped_at IS NULL THEN 'case-erased' ELSE s.why END
        WHERE guard.is_one_of(s.case_number, numbers) RETURNING s.id, s.number
    LOOP
        PERFORM guard.drop_queued(stopped.number), pg_notify('openpars_ends', stopped.id::text);
    END LOOP;
    DELETE FROM disclosure_casesubject s USING disclosure_agencycase c
    WHERE c.id = s.case_id AND guard.is_one_of(c.number, numbers);
    PERFORM guard.note_case(c.agency_ori, 'close', c.id, 'case', moment) FROM disclosure_agencycase c
    WHERE c.closed_at IS NULL AND guard.is_one_of(c.number, numbers);
    UPDATE disclosure_agencycase c SET number = 'removed', closed_at = coalesce(c.closed_at, moment)
    WHERE guard.is_one_of(c.number, numbers);
    DELETE FROM disclosure_approval v WHERE guard.is_one_of(v.case_number, numbers);
    DELETE FROM disclosure_delayedline y WHERE guard.is_one_of(y.case_number, numbers);
END $$;

-- Somebody of the agency that was told, or a records custodian who holds its answer, says that the notice arrived.
CREATE OR REPLACE FUNCTION guard.acknowledge(which uuid, who uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.now();
    ori text;
BEGIN
    UPDATE disclosure_notice n SET acknowledged_at = moment, acknowledged_by = who
    FROM agencies_user u JOIN agencies_agency g ON g.ori = u.agency_id
    WHERE n.id = which AND n.acknowledged_at IS NULL AND u.id = who AND u.is_active
      AND (u.agency_id = n.agency_ori OR (g.office = 'police' AND u.role = 'records custodian'))
    RETURNING n.agency_ori INTO ori;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO translog_pending (leaf) VALUES (convert_to(concat(
        '{"agency":', to_json(ori), ',"at":"', guard.stamp(moment), '","notice":"', which,
        '","type":"openpars.acknowledgement/1"}'), 'UTF8'));
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION guard.tell(text, text, uuid[], text[], text), guard.acting_agency(), guard.correction_told(),
    guard.order_told(), guard.order_carried_out(), guard.asked_about(jsonb, uuid[], text[]), guard.acknowledge(uuid, uuid),
    guard.numbers_of(uuid[]), guard.is_one_of(text, text[]), guard.forget_cases(text[]) FROM PUBLIC;
