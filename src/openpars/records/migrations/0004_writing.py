"""Who may write, and how: the desk's role writes nothing that no trace stands for, reads no more than ids, states and
times, and what it changes is kept as it was (promise 10)."""

from django.db import migrations

from openpars.engine import roles

# Verbs that may touch a table: a trace of another verb does not open it.
VERBS = {
    "records_person": "report_arrest amend_arrest record_identity correct merge_persons split_persons undo_merge",
    "records_incident": "report_arrest amend_arrest correct",
    # Every verb about an arrest counts its version up.
    "records_arrest": "*",
    "records_charge": "report_arrest amend_arrest decide_charge file_charges withdraw_charge enter_docket correct",
    "records_custodystatuschange": "report_arrest decide_charge change_custody hold_arraignment post_bail correct",
    "records_bail": "hold_arraignment set_bail post_bail",
    "records_bailcondition": "hold_arraignment set_bail",
    "records_bailguideline": "hold_interview hold_arraignment",
    "records_bailinterview": "hold_interview",
    "records_preliminaryarraignment": "hold_arraignment",
    "records_listing": "list_for_hearing",
    "records_delay": "note_delay",
    "records_question": "ask_police answer_prosecutor",
    "records_paper": "make_paper report_arrest file_charges hold_arraignment",
    "records_disposition": "dispose report_disposition",
    "records_draft": "keep_draft drop_draft report_arrest amend_arrest",
    "records_identification": "merge_persons split_persons undo_merge",
    "records_courtorder": "seal limit_access expunge",
    "walled.victim": "add_victim",
    "walled.witness": "add_witness",
}

# Columns that the desk may read: what a verb must check before it writes, and nothing about a person.
READS = {
    "records_person": "id",
    "records_incident": "id, dc_number",
    "records_arrest": "id, incident_id, person_id, otn, arrested_at, agency_ori, juvenile, limited_access_at,"
    " counsel_id, sent_at, prints_taken_at, version",
    "records_charge": "id, arrest_id, sequence, stage, status, decided_at, docket_number, follows_id",
    "records_custodystatuschange": "id, arrest_id, state, changed_at",
    "records_bail": "id, arrest_id, type, status, at",
    "records_bailcondition": "id, bail_id",
    "records_bailguideline": "id, arrest_id, computed_at",
    "records_bailinterview": "id, arrest_id, held_at",
    "records_preliminaryarraignment": "id, arrest_id, held_at",
    "records_listing": "id, arrest_id, session_at, site, listed_at",
    "records_delay": "id, arrest_id, began_at, ended_at",
    "records_question": "id, arrest_id, asked_at, answered_at",
    "records_paper": "id, arrest_id, kind, version, made_at, digest",
    "records_disposition": "id, charge_id, disposed_on, reported_at",
    "records_draft": "id, author_id, kind, arrest_id, content_sealed, version, kept_at",
    "records_identification": "id, verb, from_id, to_id, arrests, at, by, undone_at, undone_by",
    "records_courtorder": "id, number, kind, person_id, arrest_id, entered_at, carried_out_at",
    "records_trace": "id, verb, xact",
}

CHANGES = {
    "records_person": "given_name, middle_name, surname, suffix, given_folded, surname_folded, birth_date, sex, race,"
    " ethnicity, birth_place, language, address, zip, sid, photo_number",
    "records_incident": "dc_number, occurred_at, location, district, agency_ori",
    "records_arrest": "incident_id, person_id, otn, arrested_at, agency_ori, location, district, category, juvenile,"
    " limited_access_at, counsel_id, officers, warrant, narrative, sent_at, prints_taken_at, version",
    "records_charge": "statute, description, grade, count, status, decided_at, docket_number, reason",
    "records_question": "answer, answered_at, answered_by",
    "records_delay": "ended_at",
    "records_disposition": "reported_at",
    "records_draft": "content_sealed, version, kept_at, arrest_id",
    "records_identification": "undone_at, undone_by",
    "records_courtorder": "carried_out_at",
}

KEPT = {
    "records_person": "given_name, middle_name, surname, suffix, birth_date, sex, race, ethnicity, birth_place,"
    " language, address, zip, sid, photo_number",
    "records_incident": "dc_number, occurred_at, location, district, agency_ori",
    "records_arrest": "otn, arrested_at, agency_ori, location, district, category, officers, warrant, narrative",
    "records_charge": "statute, description, grade, count",
}
"""Columns whose earlier value is kept when they change."""

FUNCTIONS = """
-- Begins a verb: puts the desk's role on where a person writes, and leaves the trace before anything is written.
CREATE FUNCTION records_begin(
    new_verb text, new_by text, new_at timestamptz, new_subject text, new_count integer, new_detail jsonb, desk text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
BEGIN
    IF desk IS NOT NULL THEN
        PERFORM set_config('role', desk, true);
    END IF;
    INSERT INTO records_trace (verb, by, at, subject, count, detail, xact)
    VALUES (new_verb, new_by, new_at, new_subject, new_count, new_detail, pg_current_xact_id()::text::bigint)
    RETURNING id INTO made;
    PERFORM set_config('records.trace', made::text, true);
    RETURN made;
END $$;

-- The setting alone proves nothing: the trace must have been left by this very transaction, for such a verb.
CREATE FUNCTION records_traced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM records_trace t WHERE t.id = nullif(current_setting('records.trace', true), '')::bigint
          AND t.xact = pg_current_xact_id_if_assigned()::text::bigint
          AND (TG_ARGV[0] = '*' OR t.verb = ANY (string_to_array(TG_ARGV[0], ' ')))) THEN
        RAISE EXCEPTION 'a write is a verb with a trace' USING ERRCODE = 'OP011';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION records_keep_was() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    earlier jsonb := to_jsonb(OLD);
    later jsonb := to_jsonb(NEW);
    was jsonb;
    became jsonb;
BEGIN
    SELECT jsonb_object_agg(k, earlier -> k), jsonb_object_agg(k, later -> k) INTO was, became
    FROM unnest(string_to_array(TG_ARGV[0], ', ')) k WHERE earlier -> k IS DISTINCT FROM later -> k;
    IF was IS NOT NULL THEN
        INSERT INTO records_correction (relation, row, person_id, arrest_id, was, became, why, at, trace_id)
        VALUES (substr(TG_TABLE_NAME, 9), NEW.id,
            CASE TG_TABLE_NAME WHEN 'records_person' THEN NEW.id ELSE (later ->> 'person_id')::uuid END,
            CASE TG_TABLE_NAME WHEN 'records_arrest' THEN NEW.id ELSE (later ->> 'arrest_id')::uuid END,
            was, became, coalesce(current_setting('records.why', true), ''), clock_timestamp(),
            nullif(current_setting('records.trace', true), '')::bigint);
    END IF;
    RETURN NULL;
END $$;

-- One bit about a person, for a desk that may not read the date of birth.
CREATE FUNCTION records_is_minor(person uuid, on_day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT coalesce(birth_date > on_day - interval '18 years', false) FROM records_person WHERE id = person $$;
REVOKE ALL ON FUNCTION records_is_minor(uuid, date) FROM PUBLIC;

-- The rules that join two tables ask as their owner: whoever writes need not be able to read.
ALTER FUNCTION records_arrest_not_before_birth() SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION records_birth_not_after_arrest() SECURITY DEFINER SET search_path = public, pg_temp;
DROP TRIGGER arrest_not_before_birth_changed ON records_arrest;
DROP TRIGGER birth_not_after_arrest ON records_person;
CREATE FUNCTION records_arrest_moved_not_before_birth() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM records_arrest a JOIN records_person p ON p.id = a.person_id
               WHERE CASE TG_TABLE_NAME WHEN 'records_arrest' THEN a.id ELSE p.id END = NEW.id
                 AND a.arrested_at < p.birth_date::timestamp AT TIME ZONE 'UTC') THEN
        RAISE EXCEPTION 'an arrest cannot be earlier than the birth of the person arrested'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'arrest_not_before_birth';
    END IF;
    RETURN NULL;
END $$;
DROP FUNCTION records_birth_not_after_arrest();
CREATE TRIGGER arrest_not_before_birth_changed AFTER UPDATE OF arrested_at, person_id ON records_arrest
    FOR EACH ROW EXECUTE FUNCTION records_arrest_moved_not_before_birth();
CREATE TRIGGER birth_not_after_arrest AFTER UPDATE OF birth_date ON records_person
    FOR EACH ROW EXECUTE FUNCTION records_arrest_moved_not_before_birth();

CREATE TRIGGER records_paper_kept BEFORE UPDATE ON records_paper
    FOR EACH ROW EXECUTE FUNCTION records_trace_refuse();
"""


def grant(apps, schema_editor):
    database = schema_editor.connection.settings_dict["NAME"]
    with schema_editor.connection.cursor() as cursor:
        roles.ensure(cursor, database)
    run = schema_editor.execute
    desk, views = (f'"{roles.name(database, kind)}"' for kind in ("desk", "views"))
    for table, verbs in VERBS.items():
        run(f"GRANT INSERT ON {table} TO {desk}")
        run(
            f"CREATE TRIGGER traced BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH STATEMENT"
            f" WHEN (current_user = current_database() || '_desk') EXECUTE FUNCTION records_traced('{verbs}')"
        )
        if table.startswith("records_") and table not in ("records_draft", "records_identification"):
            run(f"GRANT SELECT ON {table} TO {views}")
    for table, columns in READS.items():
        run(f"GRANT SELECT ({columns}) ON {table} TO {desk}")
    for table, columns in CHANGES.items():
        run(f"GRANT UPDATE ({columns}) ON {table} TO {desk}")
    for table, columns in KEPT.items():
        run(
            f"CREATE TRIGGER keep_was AFTER UPDATE OF {columns} ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION records_keep_was('{columns}')"
        )
    run(f"GRANT DELETE ON records_draft TO {desk}")
    run(f"GRANT SELECT ON records_correction TO {views}")
    run(f"GRANT USAGE ON SCHEMA walled TO {desk}")
    run(f"GRANT INSERT ON records_trace TO {desk}")
    run(f"GRANT USAGE ON SEQUENCE records_trace_id_seq TO {desk}")
    run(f"GRANT EXECUTE ON FUNCTION records_is_minor(uuid, date) TO {desk}")


class Migration(migrations.Migration):
    dependencies = [("records", "0003_desk")]

    operations = [
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
