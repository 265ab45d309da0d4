"""Orders of a court: how they are entered, and how what they erase is destroyed (promise 8, ADR 9)."""

from django.db import migrations, models

import openpars.records.models.arrests
from openpars.engine import roles

VERBS = "enter_order limit_access expunge"

FUNCTIONS = """
-- The arrests that an order is about: one, or all of its person's.
CREATE FUNCTION records_ordered(which uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(a.id ORDER BY a.arrested_at), '{}')
    FROM records_courtorder o
    JOIN records_arrest a ON CASE WHEN o.arrest_id IS NULL THEN a.person_id = o.person_id ELSE a.id = o.arrest_id END
    WHERE o.id = which
$$;

-- What an order says and how much it covers: numbers and ids, nothing about the person.
CREATE FUNCTION records_order_says(which uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT to_jsonb(o) - 'salt' || jsonb_build_object('covers', jsonb_build_object(
        'arrests', cardinality(g.gone),
        'charges', (SELECT count(*) FROM records_charge x WHERE x.arrest_id = ANY (g.gone)),
        'steps of custody', (SELECT count(*) FROM records_custodystatuschange x WHERE x.arrest_id = ANY (g.gone)),
        'states of bail', (SELECT count(*) FROM records_bail x WHERE x.arrest_id = ANY (g.gone)),
        'hearings', (SELECT count(*) FROM records_preliminaryarraignment x WHERE x.arrest_id = ANY (g.gone)),
        'bail interviews', (SELECT count(*) FROM records_bailinterview x WHERE x.arrest_id = ANY (g.gone)),
        'questions', (SELECT count(*) FROM records_question x WHERE x.arrest_id = ANY (g.gone)),
        'papers', (SELECT count(*) FROM records_paper x WHERE x.arrest_id = ANY (g.gone)),
        'drafts', (SELECT count(*) FROM records_draft x WHERE x.arrest_id = ANY (g.gone)),
        'corrections', (SELECT count(*) FROM records_correction x WHERE x.arrest_id = ANY (g.gone)),
        'other arrests that stay', (SELECT count(*) FROM records_arrest x
            WHERE x.person_id = o.person_id AND NOT x.id = ANY (g.gone))))
    FROM records_courtorder o, LATERAL (SELECT records_ordered(o.id) AS gone OFFSET 0) g WHERE o.id = which
$$;

CREATE FUNCTION records_orders_of(arrest uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.id FROM records_courtorder o JOIN records_arrest a ON a.id = arrest
    WHERE o.arrest_id = a.id OR (o.arrest_id IS NULL AND o.person_id = a.person_id) ORDER BY o.entered_at
$$;

-- The incidents that no arrest is left of, with whoever stands behind the wall for them: an account of what
-- happened names the person too. (Where another arrest is left they stay, untouched.)
CREATE FUNCTION records_erase_incidents(incidents uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    empty uuid[] := ARRAY(SELECT i.id FROM records_incident i WHERE i.id = ANY (incidents)
        AND NOT EXISTS (SELECT FROM records_arrest a WHERE a.incident_id = i.id));
BEGIN
    DELETE FROM walled.victim WHERE incident_id = ANY (empty);
    DELETE FROM walled.witness WHERE incident_id = ANY (empty);
    DELETE FROM records_correction WHERE row = ANY (empty);
    DELETE FROM records_incident WHERE id = ANY (empty);
END $$;

-- A person of whom no arrest is left, and whoever was found to be the same person.
CREATE FUNCTION records_erase_person(person uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    people uuid[];
BEGIN
    IF EXISTS (SELECT FROM records_arrest a WHERE a.person_id = person) THEN
        RETURN;
    END IF;
    WITH RECURSIVE same AS (
        SELECT person AS id
        UNION
        SELECT CASE i.from_id WHEN s.id THEN i.to_id ELSE i.from_id END
        FROM same s JOIN records_identification i ON s.id IN (i.from_id, i.to_id)
    ) SELECT array_agg(s.id) INTO people FROM same s
    WHERE NOT EXISTS (SELECT FROM records_arrest a WHERE a.person_id = s.id);
    DELETE FROM records_identification i
        WHERE i.from_id = ANY (people) OR i.to_id = ANY (people);
    DELETE FROM records_correction WHERE person_id = ANY (people) OR row = ANY (people);
    DELETE FROM records_person WHERE id = ANY (people);
END $$;

CREATE FUNCTION records_erase_whole(gone uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM records_bailcondition WHERE bail_id IN (SELECT id FROM records_bail WHERE arrest_id = ANY (gone));
    DELETE FROM records_disposition WHERE charge_id IN (SELECT id FROM records_charge WHERE arrest_id = ANY (gone));
    DELETE FROM records_charge WHERE arrest_id = ANY (gone);
    DELETE FROM records_custodystatuschange WHERE arrest_id = ANY (gone);
    DELETE FROM records_bail WHERE arrest_id = ANY (gone);
    DELETE FROM records_bailguideline WHERE arrest_id = ANY (gone);
    DELETE FROM records_preliminaryarraignment WHERE arrest_id = ANY (gone);
    DELETE FROM records_listing WHERE arrest_id = ANY (gone);
    DELETE FROM records_delay WHERE arrest_id = ANY (gone);
    DELETE FROM records_arrest WHERE id = ANY (gone);
END $$;

-- What tells who it was is taken out; what can be counted stays, with a person who is nobody.
CREATE FUNCTION records_erase_identifiers(gone uuid[], person uuid) RETURNS void
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
    UPDATE records_bail SET surety = '' WHERE arrest_id = ANY (gone);
    UPDATE records_delay SET words = '' WHERE arrest_id = ANY (gone);
    UPDATE records_bailcondition SET detail = '{}'
        WHERE bail_id IN (SELECT id FROM records_bail WHERE arrest_id = ANY (gone));
    UPDATE records_arrest SET person_id = nobody, incident_id = NULL, otn = '', location = '', officers = '{}',
        warrant = '', narrative = '', counsel_id = NULL, source = '', source_key = '', version = version + 1
        WHERE id = ANY (gone);
END $$;

-- Carries an entered order out. The trace of this very transaction must be of the verb, as every write's
-- (records_traced). False where it had been carried out before. The log learns that it was done, of no person.
CREATE FUNCTION records_expunge(which uuid, commitment text, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o record;
    gone uuid[] := records_ordered(which);
    person uuid := (SELECT person_id FROM records_arrest WHERE id = gone[1]);
    incidents uuid[] := ARRAY(SELECT DISTINCT incident_id FROM records_arrest WHERE id = ANY (gone));
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
        PERFORM records_erase_person(person);
        DELETE FROM records_identification WHERE arrests && gone;
        PERFORM records_erase_incidents(incidents);
    END IF;
    INSERT INTO translog_pending (leaf) VALUES (convert_to(concat(
        '{"at":"', to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","kind":"', o.kind,
        '","order":"', commitment, '","type":"openpars.expungement/1"}'), 'UTF8'));
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION records_ordered(uuid), records_order_says(uuid), records_orders_of(uuid),
    records_expunge(uuid, text, timestamptz), records_erase_incidents(uuid[]), records_erase_person(uuid),
    records_erase_whole(uuid[]), records_erase_identifiers(uuid[], uuid) FROM PUBLIC;
"""


def grant(apps, schema_editor):
    database = schema_editor.connection.settings_dict["NAME"]
    app, desk = (f'"{roles.name(database, kind)}"' for kind in ("app", "desk"))
    run = schema_editor.execute
    run("DROP TRIGGER traced ON records_courtorder")
    run(
        "CREATE TRIGGER traced BEFORE INSERT OR UPDATE OR DELETE ON records_courtorder FOR EACH STATEMENT"
        f" WHEN (current_user = current_database() || '_desk') EXECUTE FUNCTION records_traced('{VERBS}')"
    )
    run(f"REVOKE UPDATE (carried_out_at) ON records_courtorder FROM {desk}")
    run(f"GRANT SELECT (salt) ON records_courtorder TO {desk}")
    run(f"GRANT EXECUTE ON FUNCTION records_expunge(uuid, text, timestamptz) TO {desk}")
    run(f"GRANT EXECUTE ON FUNCTION records_order_says(uuid), records_orders_of(uuid) TO {app}")


class Migration(migrations.Migration):
    dependencies = [("records", "0005_court"), ("translog", "0001_initial")]

    operations = [
        migrations.AddField("arrest", "listed_only_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "courtorder",
            "salt",
            models.BinaryField(default=openpars.records.models.arrests.fresh_commitment_key),
        ),
        migrations.AlterField("courtorder", "entered_by", models.UUIDField(blank=True, null=True)),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
