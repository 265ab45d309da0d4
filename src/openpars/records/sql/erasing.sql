-- What an order erases, and how much that is (ADR 9). What is told beforehand and what is done ask the same functions:
-- records_gone_people and records_gone_incidents say who and what goes with the arrests that go.

-- The persons of whom no arrest is left once `gone` have gone: the one, and whoever was found to be the same.
CREATE OR REPLACE FUNCTION records_gone_people(person uuid, gone uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH RECURSIVE same AS (
        SELECT person AS id
        UNION
        SELECT CASE i.from_id WHEN s.id THEN i.to_id ELSE i.from_id END
        FROM same s JOIN records_identification i ON s.id IN (i.from_id, i.to_id)
    )
    SELECT coalesce(array_agg(p.id), '{}') FROM same s JOIN records_person p ON p.id = s.id
    WHERE NOT EXISTS (SELECT FROM records_arrest a WHERE a.person_id = s.id AND NOT a.id = ANY (gone))
      AND NOT EXISTS (SELECT FROM records_arrest a WHERE a.person_id = person AND NOT a.id = ANY (gone))
$$;

-- The incidents of which no arrest is left once `gone` have gone. An account of what happened names the person too;
-- where another arrest is left, they stay untouched.
CREATE OR REPLACE FUNCTION records_gone_incidents(gone uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT a.incident_id), '{}') FROM records_arrest a
    WHERE a.id = ANY (gone) AND a.incident_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM records_arrest o WHERE o.incident_id = a.incident_id AND NOT o.id = ANY (gone))
$$;

-- What an order says and how much it covers: numbers and ids, nothing about the person. An order that leaves the records
-- to the prosecutor's and the court's list takes no person and no incident away.
CREATE OR REPLACE FUNCTION records_order_says(which uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT to_jsonb(o) - 'salt' || jsonb_build_object('covers', jsonb_build_object(
        'arrests', cardinality(g.gone),
        'charges', (SELECT count(*) FROM records_charge x WHERE x.arrest_id = ANY (g.gone)),
        'dispositions', (SELECT count(*) FROM records_disposition x JOIN records_charge c ON c.id = x.charge_id
            WHERE c.arrest_id = ANY (g.gone)),
        'steps of custody', (SELECT count(*) FROM records_custodystatuschange x WHERE x.arrest_id = ANY (g.gone)),
        'states of bail', (SELECT count(*) FROM records_bail x WHERE x.arrest_id = ANY (g.gone)),
        'conditions of bail', (SELECT count(*) FROM records_bailcondition x JOIN records_bail b ON b.id = x.bail_id
            WHERE b.arrest_id = ANY (g.gone)),
        'guidelines', (SELECT count(*) FROM records_bailguideline x WHERE x.arrest_id = ANY (g.gone)),
        'arraignments', (SELECT count(*) FROM records_preliminaryarraignment x WHERE x.arrest_id = ANY (g.gone)),
        'later hearings', (SELECT count(*) FROM records_courthearing x WHERE x.arrest_id = ANY (g.gone)),
        'places on the hearing list', (SELECT count(*) FROM records_listing x WHERE x.arrest_id = ANY (g.gone)),
        'delays', (SELECT count(*) FROM records_delay x WHERE x.arrest_id = ANY (g.gone)),
        'bail interviews', (SELECT count(*) FROM records_bailinterview x WHERE x.arrest_id = ANY (g.gone)),
        'questions', (SELECT count(*) FROM records_question x WHERE x.arrest_id = ANY (g.gone)),
        'papers', (SELECT count(*) FROM records_paper x WHERE x.arrest_id = ANY (g.gone)),
        'drafts', (SELECT count(*) FROM records_draft x WHERE x.arrest_id = ANY (g.gone)),
        'corrections', (SELECT count(*) FROM records_correction x WHERE x.arrest_id = ANY (g.gone)
            OR x.person_id = ANY (t.people) OR x.row = ANY (t.people) OR x.row = ANY (t.incidents)),
        'merges and splits', (SELECT count(*) FROM records_identification x WHERE x.arrests && g.gone
            OR x.from_id = ANY (t.people) OR x.to_id = ANY (t.people)),
        'persons', cardinality(t.people),
        'incidents', cardinality(t.incidents),
        'victims behind the wall', (SELECT count(*) FROM walled.victim x WHERE x.incident_id = ANY (t.incidents)),
        'witnesses behind the wall', (SELECT count(*) FROM walled.witness x WHERE x.incident_id = ANY (t.incidents)),
        'other arrests that stay', (SELECT count(*) FROM records_arrest x
            WHERE x.person_id = o.person_id AND NOT x.id = ANY (g.gone))))
    FROM records_courtorder o,
        LATERAL (SELECT records_ordered(o.id) AS gone OFFSET 0) g,
        LATERAL (SELECT
            CASE o.kind WHEN 'limited-list' THEN '{}' ELSE records_gone_people(o.person_id, g.gone) END AS people,
            CASE o.kind WHEN 'limited-list' THEN '{}' ELSE records_gone_incidents(g.gone) END AS incidents OFFSET 0) t
    WHERE o.id = which
$$;

CREATE OR REPLACE FUNCTION records_erase_incidents(incidents uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM walled.victim WHERE incident_id = ANY (incidents);
    DELETE FROM walled.witness WHERE incident_id = ANY (incidents);
    DELETE FROM records_correction WHERE row = ANY (incidents);
    DELETE FROM records_incident WHERE id = ANY (incidents);
END $$;

CREATE OR REPLACE FUNCTION records_erase_people(people uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM records_identification i WHERE i.from_id = ANY (people) OR i.to_id = ANY (people);
    DELETE FROM records_correction WHERE person_id = ANY (people) OR row = ANY (people);
    DELETE FROM records_person WHERE id = ANY (people);
END $$;

CREATE OR REPLACE FUNCTION records_erase_whole(gone uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM records_bailcondition WHERE bail_id IN (SELECT id FROM records_bail WHERE arrest_id = ANY (gone));
    DELETE FROM records_disposition WHERE charge_id IN (SELECT id FROM records_charge WHERE arrest_id = ANY (gone));
    DELETE FROM records_charge WHERE arrest_id = ANY (gone);
    DELETE FROM records_custodystatuschange WHERE arrest_id = ANY (gone);
    DELETE FROM records_bail WHERE arrest_id = ANY (gone);
    DELETE FROM records_bailguideline WHERE arrest_id = ANY (gone);
    DELETE FROM records_preliminaryarraignment WHERE arrest_id = ANY (gone);
    DELETE FROM records_courthearing WHERE arrest_id = ANY (gone);
    DELETE FROM records_listing WHERE arrest_id = ANY (gone);
    DELETE FROM records_delay WHERE arrest_id = ANY (gone);
    DELETE FROM records_arrest WHERE id = ANY (gone);
END $$;

-- What tells who it was is taken out; what can be counted stays, with a person who is nobody.
CREATE OR REPLACE FUNCTION records_erase_identifiers(gone uuid[], person uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    nobody uuid := gen_random_uuid();
BEGIN
    INSERT INTO records_person (id, given_name, middle_name, surname, suffix, given_folded, surname_folded, sex, race,
        ethnicity, birth_place, language, address, zip, sid, photo_number, invented, commitment_key, source, source_key)
    SELECT nobody, '', '', '', '', '', '', sex, race, ethnicity, '', '', '', '', '', '', invented,
        sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), '', ''
    FROM records_person WHERE id = person;
    UPDATE records_charge c SET reason = '',
        docket_number = CASE c.docket_number WHEN '' THEN '' ELSE 'removed ' || n.place END
    FROM (SELECT id, dense_rank() OVER (PARTITION BY arrest_id ORDER BY docket_number) AS place
          FROM records_charge WHERE arrest_id = ANY (gone)) n WHERE n.id = c.id;
    UPDATE records_custodystatuschange SET reason = '' WHERE arrest_id = ANY (gone);
    UPDATE records_bail SET surety = '', reason = '' WHERE arrest_id = ANY (gone);
    UPDATE records_courthearing SET cause = CASE outcome WHEN 'put off' THEN 'removed' ELSE '' END
        WHERE arrest_id = ANY (gone);
    UPDATE records_delay SET words = '' WHERE arrest_id = ANY (gone);
    UPDATE records_preliminaryarraignment SET parents_told = '' WHERE arrest_id = ANY (gone);
    UPDATE records_bailcondition SET detail = '{}'
        WHERE bail_id IN (SELECT id FROM records_bail WHERE arrest_id = ANY (gone));
    UPDATE records_arrest SET person_id = nobody, incident_id = NULL, otn = '', location = '', officers = '{}',
        warrant = '', narrative = '', counsel_id = NULL, source = '', source_key = '', version = version + 1
        WHERE id = ANY (gone);
END $$;

-- Carries an entered order out. The trace of this very transaction must be of the verb, as every write's
-- (records_traced). False where it had been carried out before. The log learns that it was done, of no person.
CREATE OR REPLACE FUNCTION records_expunge(which uuid, commitment text, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o record;
    gone uuid[] := records_ordered(which);
    person uuid := (SELECT person_id FROM records_arrest WHERE id = gone[1]);
    people uuid[] := records_gone_people(person, gone);
    incidents uuid[] := records_gone_incidents(gone);
BEGIN
    IF NOT EXISTS (
        SELECT FROM records_trace t WHERE t.id = nullif(current_setting('records.trace', true), '')::bigint
          AND t.xact = pg_current_xact_id_if_assigned()::text::bigint AND t.verb = 'expunge') THEN
        RAISE EXCEPTION 'a write is a verb with a trace' USING ERRCODE = 'OP011';
    END IF;
    IF (commitment ~ '^[0-9a-f]{64}$') IS NOT TRUE THEN
        RAISE EXCEPTION 'the entry holds a commitment and nothing else' USING ERRCODE = 'OP007';
    END IF;
    -- Whoever follows an order (disclosure) does its part at this update.
    UPDATE records_courtorder SET carried_out_at = moment
        WHERE id = which AND carried_out_at IS NULL AND kind <> 'limited-access' RETURNING * INTO o;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM records_draft WHERE arrest_id = ANY (gone);
    IF o.kind = 'limited-list' THEN
        UPDATE records_arrest SET listed_only_at = moment, limited_access_at = coalesce(limited_access_at, moment),
            version = version + 1 WHERE id = ANY (gone);
    ELSE
        DELETE FROM records_paper WHERE arrest_id = ANY (gone);
        DELETE FROM records_bailinterview WHERE arrest_id = ANY (gone);
        DELETE FROM records_question WHERE arrest_id = ANY (gone);
        IF o.kind = 'whole' THEN
            PERFORM records_erase_whole(gone);
        ELSE
            PERFORM records_erase_identifiers(gone, person);
        END IF;
        -- After all updates: those kept what was there.
        DELETE FROM records_correction WHERE arrest_id = ANY (gone);
        PERFORM records_erase_people(people);
        DELETE FROM records_identification WHERE arrests && gone;
        PERFORM records_erase_incidents(incidents);
    END IF;
    INSERT INTO translog_pending (leaf) VALUES (convert_to(concat(
        '{"at":"', to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","kind":"', o.kind,
        '","order":"', commitment, '","type":"openpars.expungement/1"}'), 'UTF8'));
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION records_erase_people(uuid[]), records_gone_people(uuid, uuid[]), records_gone_incidents(uuid[])
    FROM PUBLIC;
