-- The life of agreements, as people act in it: propose, vote, sign, end access (specs/agreement-file.md, section 15).
--
-- The pages' role writes none of these tables. Each act is a function here that asks the charter for the power of
-- whoever acts (guard.check_power, by the trigger of agreements_act), takes the office from the database, never from the
-- caller, and leaves its trace and its entry in the log in the same transaction. So a fault in a page cannot vote for
-- another office. What needs the votes and signatures is not done here: the keeper does it, who counts and verifies them.
--
-- An end of access needs nobody else: state, roles and entry change here, under the agreement's exclusive lock, which
-- waits for the disclosures under way and stops every later one.
--
-- Errors carry SQLSTATE OP013 (the state does not allow it) and OP014 (no such thing), in words for people; functions
-- alone, each of which replaces the one before.

-- Appends an entry: the canonical JSON (RFC 8785) of an object of texts and whole numbers.
CREATE OR REPLACE FUNCTION guard.enter(entry jsonb) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    INSERT INTO translog_pending (leaf)
    SELECT convert_to('{' || string_agg(to_json(e.key)::text || ':' || e.value::text, ',' ORDER BY e.key COLLATE "C")
        || '}', 'UTF8')
    FROM jsonb_each(entry) e RETURNING id
$$;

-- Whether somebody may end an outside agency's access although no charter is in force: whom the last one gave the power.
-- Such an act takes away and gives nothing, so it needs no mandate that could lapse (docs/adr/0015).
CREATE OR REPLACE FUNCTION guard.may_still_end(done text, actor uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN done IN ('suspend_access', 'terminate_access', 'suspend_people') AND EXISTS (
        SELECT FROM (SELECT guard.now() AS moment, guard.city_zone() AS zone OFFSET 0) t
        CROSS JOIN LATERAL (
            SELECT v.number, bool_or(v.suspended_at IS NULL AND v.terminated_at IS NULL AND t.moment < v.ends_at) OVER ()
                AS is_any_in_force
            FROM agreements_agreementversion v WHERE v.kind = 'charter' AND v.starts_at <= t.moment
            ORDER BY v.number DESC LIMIT 1) last
        JOIN agencies_user u ON u.id = actor AND u.is_active
            AND least(u.screened_until, u.trained_until) >= (t.moment AT TIME ZONE t.zone)::date
        JOIN agencies_agency g ON g.ori = u.agency_id
        JOIN agreements_power w ON w.agreement_id = last.number AND done = ANY (w.verbs)
            AND w.office = g.office AND g.ori = ANY (w.oris) AND u.role = ANY (w.roles)
        WHERE NOT last.is_any_in_force);
END $$;

-- Traces an act and, where `told` is given, enters it in the log; answers the trace. The trigger of agreements_act refuses
-- whoever the charter gives no such power. What `told` says beats what every entry of an act says.
CREATE OR REPLACE FUNCTION guard.trace_act(done text, who uuid, about text, why text, told jsonb) RETURNS agreements_act
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.now();
    actor record;
    entry bigint;
    trace agreements_act;
BEGIN
    IF length(why) > 2000 OR why ~ '[[:cntrl:]]' THEN
        RAISE EXCEPTION 'grounds are at most 2,000 printable characters' USING ERRCODE = 'OP013';
    END IF;
    SELECT u.agency_id AS ori, coalesce(g.office, g.ori) AS office INTO actor
    FROM agencies_user u JOIN agencies_agency g ON g.ori = u.agency_id WHERE u.id = who;
    IF told IS NOT NULL THEN
        entry := guard.enter(jsonb_build_object('type', 'openpars.agreement/1-act', 'verb', done,
            'at', guard.stamp(moment), 'by', actor.office, 'grounds', why) || told);
    END IF;
    INSERT INTO agreements_act (verb, "by", at, ori, subject, grounds, told, pending_id)
    VALUES (done, coalesce(who::text, ''), moment, coalesce(actor.ori, ''), about, why, told, entry)
    RETURNING * INTO trace;
    PERFORM pg_notify('openpars_agreements', done);
    RETURN trace;
END $$;

-- The same, for whom only the moment matters.
CREATE OR REPLACE FUNCTION guard.act(done text, who uuid, about text, why text, told jsonb) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ BEGIN RETURN (guard.trace_act(done, who, about, why, told)).at; END $$;

CREATE OR REPLACE FUNCTION guard.keep_agreement_draft(which uuid, words text, who uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.act('draft_agreement', who, which::text, '', NULL);
BEGIN
    INSERT INTO agreements_draft (id, text, kept_at, kept_by) VALUES (which, words, moment, who)
    ON CONFLICT (id) DO UPDATE SET text = EXCLUDED.text, kept_at = EXCLUDED.kept_at, kept_by = EXCLUDED.kept_by;
    RETURN moment;
END $$;

CREATE OR REPLACE FUNCTION guard.drop_agreement_draft(which uuid, who uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM guard.act('draft_agreement', who, which::text, 'Dropped.', NULL);
    DELETE FROM agreements_draft WHERE id = which;
END $$;

-- Puts a text, or the non-renewal of a version, to the owners. The consultation ends at the city's midnight after its
-- last whole day.
CREATE OR REPLACE FUNCTION guard.propose(which uuid, said jsonb, days integer, who uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz;
    until timestamptz;
BEGIN
    IF said ->> 'text_hash' IS DISTINCT FROM encode(sha256(convert_to(said ->> 'text', 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the hash is not that of the text' USING ERRCODE = 'OP013';
    ELSIF said ->> 'plain_digest' IS DISTINCT FROM encode(sha256(convert_to(said ->> 'plain', 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the digest is not that of the sentences' USING ERRCODE = 'OP013';
    END IF;
    moment := guard.act('propose', who, which::text, said ->> 'grounds', jsonb_build_object(
        'proposal', which, 'matter', said ->> 'matter', 'identifier', said ->> 'identifier',
        'version', (said ->> 'version')::integer, 'agreement', said ->> 'text_hash',
        'plain', said ->> 'plain_digest'));
    until := CASE WHEN days > 0 THEN
        ((moment AT TIME ZONE guard.city_zone())::date + days + 1)::timestamp AT TIME ZONE guard.city_zone()
        ELSE moment END;
    INSERT INTO agreements_proposal (id, matter, identifier, version, title, kind, text, text_hash, plain, plain_digest,
        receiver_ori, grounds, by_vote, put_by, put_at, consultation_ends_at)
    VALUES (which, said ->> 'matter', said ->> 'identifier', (said ->> 'version')::integer, said ->> 'title',
        said ->> 'kind', said ->> 'text', said ->> 'text_hash', said ->> 'plain', said ->> 'plain_digest', said ->> 'receiver_ori',
        said ->> 'grounds', (said ->> 'by_vote')::boolean, who, moment, until);
    RETURN moment;
END $$;

-- The proposal, locked: whoever votes, signs, withdraws and carries out goes one at a time.
CREATE OR REPLACE FUNCTION guard.proposal(which uuid) RETURNS agreements_proposal
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    found_one agreements_proposal;
BEGIN
    SELECT * INTO found_one FROM agreements_proposal p WHERE p.id = which FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such proposal.' USING ERRCODE = 'OP014';
    END IF;
    IF found_one.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'It was withdrawn.' USING ERRCODE = 'OP013';
    END IF;
    RETURN found_one;
END $$;

CREATE OR REPLACE FUNCTION guard.withdraw_proposal(which uuid, why text, who uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    held agreements_proposal := guard.proposal(which);
    moment timestamptz;
BEGIN
    IF held.done_at IS NOT NULL THEN
        RAISE EXCEPTION 'It was carried out: what is in force is ended, not withdrawn.' USING ERRCODE = 'OP013';
    END IF;
    moment := guard.act('withdraw_proposal', who, which::text, why,
        jsonb_build_object('proposal', which, 'agreement', held.text_hash));
    UPDATE agreements_proposal SET withdrawn_at = moment WHERE id = which;
    RETURN moment;
END $$;

-- One vote of one office: whose it is, the database knows.
CREATE OR REPLACE FUNCTION guard.vote(which uuid, yes boolean, why text, who uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    held agreements_proposal := guard.proposal(which);
    moment timestamptz := guard.act('vote', who, which::text, why, jsonb_build_object('proposal', which,
        'agreement', held.text_hash, 'vote', CASE WHEN yes THEN 'for' ELSE 'against' END));
BEGIN
    IF held.put_by = who THEN
        RAISE EXCEPTION 'Whoever drafted a proposal does not vote on it.' USING ERRCODE = 'OP013';
    END IF;
    IF moment < held.consultation_ends_at THEN
        RAISE EXCEPTION 'The consultation is not over: nobody votes before it is.' USING ERRCODE = 'OP013';
    END IF;
    INSERT INTO agreements_ballotvote (proposal_id, ori, "by", at, in_favor, grounds)
    SELECT which, u.agency_id, who, moment, yes, why FROM agencies_user u WHERE u.id = who;
    RETURN moment;
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'This office has voted.' USING ERRCODE = 'OP013';
END $$;

-- Whose keys and signatures a person may hand in: their own office's; for outside agencies the solicitor or a head of an
-- owner's office does, whoever of them did not draft what is signed (sign_agreement).
CREATE OR REPLACE FUNCTION guard.acts_for(who uuid, party text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM FROM agencies_user u JOIN agencies_agency g ON g.ori = u.agency_id
    WHERE u.id = who AND (g.ori = party OR ((g.office = 'city-solicitor' OR u.role = 'head of office')
        AND EXISTS (SELECT FROM agencies_agency o WHERE o.ori = party AND o.office IS NULL)));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'An office''s key is its own; those of outside agencies are for the solicitor or a head of office to hand in.'
            USING ERRCODE = 'OP013';
    END IF;
END $$;

-- Registers a party's key. Somebody else who registers the same one vouches for it: so a key whose registrant drafts what
-- is signed has a second hand behind it.
CREATE OR REPLACE FUNCTION guard.register_key(which uuid, party text, words text, given bytea, who uuid)
RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    known agreements_partykey;
    moment timestamptz := guard.act('register_key', who, which::text, '',
        jsonb_build_object('party', party, 'key', encode(given, 'base64')));
BEGIN
    PERFORM guard.acts_for(who, party);
    IF length(given) <> 32 THEN
        RAISE EXCEPTION 'An Ed25519 key has 32 bytes.' USING ERRCODE = 'OP013';
    END IF;
    SELECT * INTO known FROM agreements_partykey k
    WHERE k.public = given AND k.ori = party AND k.revoked_at IS NULL AND k.vouched_at IS NULL AND k.registered_by <> who
    FOR UPDATE;
    IF FOUND THEN
        UPDATE agreements_partykey SET vouched_by = who, vouched_at = moment WHERE id = known.id;
        RETURN moment;
    END IF;
    INSERT INTO agreements_partykey (id, ori, label, public, registered_by, registered_at)
    VALUES (which, party, words, given, who, moment);
    RETURN moment;
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'This key is registered already.' USING ERRCODE = 'OP013';
END $$;

CREATE OR REPLACE FUNCTION guard.revoke_key(which uuid, why text, who uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    held record;
    moment timestamptz;
BEGIN
    SELECT * INTO held FROM agreements_partykey k WHERE k.id = which AND k.revoked_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such key, or it is revoked.' USING ERRCODE = 'OP014';
    END IF;
    PERFORM guard.acts_for(who, held.ori);
    moment := guard.act('revoke_key', who, which::text, why,
        jsonb_build_object('party', held.ori, 'key', encode(held.public, 'base64')));
    UPDATE agreements_partykey SET revoked_at = moment WHERE id = which;
    RETURN moment;
END $$;

-- Keeps a signature. It is verified by whoever hands it in, and again by the keeper: here only that the key is the
-- party's own and stands.
CREATE OR REPLACE FUNCTION guard.sign_agreement(which uuid, given bytea, made bytea, who uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    held agreements_proposal := guard.proposal(which);
    signing record;
    moment timestamptz;
BEGIN
    SELECT * INTO signing FROM agreements_partykey k WHERE k.public = given AND k.revoked_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'This key is registered for no party.' USING ERRCODE = 'OP013';
    END IF;
    PERFORM guard.acts_for(who, signing.ori);
    -- Nobody is both sides: what the drafter alone says is the partner's is not.
    IF signing.ori = held.receiver_ori AND who = held.put_by THEN
        RAISE EXCEPTION 'Whoever drafted a proposal does not hand in the partner''s signature: let a head of office do it.'
            USING ERRCODE = 'OP013';
    ELSIF signing.ori = held.receiver_ori AND held.put_by = ALL (ARRAY[signing.registered_by,
            coalesce(signing.vouched_by, held.put_by)]) THEN
        RAISE EXCEPTION 'Whoever drafted a proposal registered the partner''s key: let a head of office vouch for it.'
            USING ERRCODE = 'OP013';
    END IF;
    moment := guard.act('sign_agreement', who, which::text, '', jsonb_build_object('proposal', which,
        'agreement', held.text_hash, 'plain', held.plain_digest, 'party', signing.ori,
        'key', encode(given, 'base64'), 'signature', translate(encode(made, 'base64'), E'\n', '')));
    INSERT INTO agreements_partysignature (proposal_id, ori, key_id, signature, "by", at)
    VALUES (which, signing.ori, signing.id, made, who, moment);
    RETURN moment;
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'This party has signed.' USING ERRCODE = 'OP013';
END $$;

-- Suspends, resumes or terminates an outside agency's agreement, at once.
CREATE OR REPLACE FUNCTION guard.change_access(done text, which integer, why text, who uuid, rehearsal boolean)
RETURNS TABLE (moment timestamptz, entry bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    held agreements_agreementversion;
    trace agreements_act;
    door text := current_database() || '_gateway';
    role text;
    verb text := CASE done WHEN 'suspend_access' THEN 'suspended' WHEN 'resume_access' THEN 'resumed'
        WHEN 'terminate_access' THEN 'terminated' END;
BEGIN
    IF verb IS NULL THEN
        RAISE EXCEPTION 'Access is suspended, resumed or terminated, and nothing else.' USING ERRCODE = 'OP013';
    END IF;
    PERFORM guard.hold(7301, which, rehearsal);
    SELECT * INTO held FROM agreements_agreementversion v WHERE v.number = which FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'No agreement version has this number.' USING ERRCODE = 'OP014';
    ELSIF held.kind <> 'outside' THEN
        RAISE EXCEPTION 'The charter binds the owners: only they end it, by their votes.' USING ERRCODE = 'OP013';
    ELSIF held.terminated_at IS NOT NULL THEN
        RAISE EXCEPTION 'It is terminated: an end is an end.' USING ERRCODE = 'OP013';
    ELSIF done = 'suspend_access' AND held.suspended_at IS NOT NULL THEN
        RAISE EXCEPTION 'It is suspended already.' USING ERRCODE = 'OP013';
    ELSIF done = 'resume_access' AND held.suspended_at IS NULL THEN
        RAISE EXCEPTION 'It is not suspended.' USING ERRCODE = 'OP013';
    ELSIF btrim(why) = '' THEN
        RAISE EXCEPTION 'An end needs its grounds.' USING ERRCODE = 'OP013';
    END IF;
    trace := guard.trace_act(done, who, which::text, why, jsonb_build_object(
        'type', 'openpars.agreement/1-change', 'verb', verb, 'agreement', held.text_hash,
        'identifier', held.identifier, 'version', held.version, 'number', which));
    moment := trace.at;
    entry := trace.pending_id;
    UPDATE agreements_agreementversion v SET
        suspended_at = CASE done WHEN 'suspend_access' THEN moment WHEN 'resume_access' THEN NULL
            ELSE v.suspended_at END,
        terminated_at = CASE done WHEN 'terminate_access' THEN moment END
    WHERE v.number = which;
    FOR role IN SELECT current_database() || '_' || p.schema FROM agreements_permit p WHERE p.agreement_id = which LOOP
        EXECUTE format(CASE done WHEN 'resume_access' THEN 'GRANT %I TO %I' ELSE 'REVOKE %I FROM %I' END, role, door);
    END LOOP;
    -- Changes are numbered in the order of their commits: the door compares the last number with what it knew.
    PERFORM guard.hold(7304, 0, rehearsal);
    INSERT INTO agreements_change (agreement_id, verb, "by", at, grounds) VALUES (which, verb, who::text, moment, why);
    RETURN NEXT;
END $$;

-- Ends the standing of people of one agency at once (some of them, or everybody of some units: of some roles), or gives
-- it back. Their agency's agreements are locked for it, so that no disclosure to them commits afterwards. What is given
-- back is what was taken here: whose standing the operator ended (they left, say) does not come back with their unit.
CREATE OR REPLACE FUNCTION guard.change_people(done text, party text, people uuid[], units text[], why text, who uuid,
    rehearsal boolean)
RETURNS TABLE (moment timestamptz, entry bigint, changed integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    which integer;
    trace agreements_act;
BEGIN
    IF (done IN ('suspend_people', 'restore_people')) IS NOT TRUE THEN
        RAISE EXCEPTION 'People are suspended or restored, and nothing else.' USING ERRCODE = 'OP013';
    ELSIF NOT EXISTS (SELECT FROM agencies_agency g WHERE g.ori = party AND g.office IS NULL) THEN
        RAISE EXCEPTION 'The owners'' own people are their offices'' to suspend.' USING ERRCODE = 'OP013';
    ELSIF NOT units <@ ARRAY(SELECT u.role::text FROM agencies_user u WHERE u.agency_id = party) THEN
        RAISE EXCEPTION 'The agency has no such unit.' USING ERRCODE = 'OP014';
    ELSIF btrim(why) = '' THEN
        RAISE EXCEPTION 'An end needs its grounds.' USING ERRCODE = 'OP013';
    END IF;
    FOR which IN SELECT v.number FROM agreements_agreementversion v
        WHERE v.receiver_ori = party AND v.terminated_at IS NULL ORDER BY 1
    LOOP
        PERFORM guard.hold(7301, which, rehearsal);
    END LOOP;
    WITH told AS (
        UPDATE agencies_user u SET is_active = (done = 'restore_people')
        WHERE (u.id = ANY (people) OR u.role = ANY (units)) AND u.agency_id = party AND u.is_active IS DISTINCT FROM (done = 'restore_people')
          AND (done = 'suspend_people' OR EXISTS (SELECT FROM agencies_user s WHERE s.id::text = (
              SELECT t."by" FROM agencies_trace t WHERE t.subject = u.id::text AND t.verb = 'suspend user'
              ORDER BY t.id DESC LIMIT 1)))
        RETURNING u.id
    ), traced AS (
        INSERT INTO agencies_trace (verb, subject, "by", at)
        SELECT CASE done WHEN 'restore_people' THEN 'restore user' ELSE 'suspend user' END, t.id::text, who::text,
            guard.now() FROM told t
    )
    SELECT count(*) INTO changed FROM told;
    IF changed = 0 THEN
        RAISE EXCEPTION 'None of them had that standing to change. Whom the operator suspended, the operator restores.' USING ERRCODE = 'OP013';
    END IF;
    -- How many, and which units as a whole; who, the log never says.
    trace := guard.trace_act(done, who, party, why, jsonb_build_object('party', party, 'people', changed,
        'units', array_to_string(ARRAY(SELECT DISTINCT unnest(units) AS unit ORDER BY unit), '; ')));
    moment := trace.at;
    entry := trace.pending_id;
    RETURN NEXT;
END $$;

-- Suspends all of an outside agency at once: each of its agreements, whether its term has begun or not, and its people.
-- Every lock is had before anything changes, in ascending order; each agreement, and the people, have their own act,
-- for which the charter must give the power, and are given back each by its own.
CREATE OR REPLACE FUNCTION guard.suspend_agency(party text, why text, who uuid, rehearsal boolean)
RETURNS TABLE (moment timestamptz, entries bigint[], agreements integer, people integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    which integer;
    done record;
BEGIN
    entries := '{}';
    agreements := 0;
    people := 0;
    FOR which IN SELECT v.number FROM agreements_agreementversion v
        WHERE v.receiver_ori = party AND v.terminated_at IS NULL ORDER BY 1
    LOOP
        PERFORM guard.hold(7301, which, rehearsal);
    END LOOP;
    FOR which IN SELECT v.number FROM agreements_agreementversion v
        WHERE v.receiver_ori = party AND v.terminated_at IS NULL AND v.suspended_at IS NULL AND guard.now() < v.ends_at
        ORDER BY 1
    LOOP
        SELECT * INTO done FROM guard.change_access('suspend_access', which, why, who, rehearsal);
        moment := done.moment;
        entries := entries || done.entry;
        agreements := agreements + 1;
    END LOOP;
    IF EXISTS (SELECT FROM agencies_user u WHERE u.agency_id = party AND u.is_active) THEN
        SELECT * INTO done FROM guard.change_people('suspend_people', party, '{}',
            ARRAY(SELECT DISTINCT u.role::text FROM agencies_user u WHERE u.agency_id = party), why, who, rehearsal);
        moment := done.moment;
        entries := entries || done.entry;
        people := done.changed;
    END IF;
    IF entries = '{}' THEN
        RAISE EXCEPTION 'Nothing of this agency is left to suspend.' USING ERRCODE = 'OP013';
    END IF;
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION guard.receive_certificate(which uuid, words text, who uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    owed record;
    moment timestamptz;
BEGIN
    SELECT c.received_at, v.text_hash, v.number INTO owed FROM agreements_certificate c
    JOIN agreements_agreementversion v ON v.number = c.agreement_id WHERE c.id = which FOR UPDATE OF c;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'No such certificate is owed.' USING ERRCODE = 'OP014';
    ELSIF owed.received_at IS NOT NULL THEN
        RAISE EXCEPTION 'It has been received.' USING ERRCODE = 'OP013';
    END IF;
    moment := guard.act('receive_certificate', who, which::text, words,
        jsonb_build_object('agreement', owed.text_hash, 'number', owed.number));
    UPDATE agreements_certificate SET received_at = moment, received_by = who, received_words = words WHERE id = which;
    RETURN moment;
END $$;

-- A rule from elsewhere, as a prohibition; and its repeal.
CREATE OR REPLACE FUNCTION guard.enter_rule(which uuid, said jsonb, who uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.act('enter_rule', who, which::text, said ->> 'title', jsonb_build_object(
        'rule', which, 'citation', said ->> 'citation', 'effective', said ->> 'effective_on',
        'prohibits', concat_ws(' ', said ->> 'purposes', said ->> 'elements', said ->> 'shapes')));
BEGIN
    INSERT INTO agreements_enteredrule (id, title, citation, purposes, elements, shapes, effective_on, entered_by,
        entered_at)
    SELECT which, said ->> 'title', said ->> 'citation', ARRAY(SELECT jsonb_array_elements_text(said -> 'purposes')),
        ARRAY(SELECT jsonb_array_elements_text(said -> 'elements')),
        ARRAY(SELECT jsonb_array_elements_text(said -> 'shapes')), (said ->> 'effective_on')::date, who, moment;
    RETURN moment;
END $$;

CREATE OR REPLACE FUNCTION guard.repeal_rule(which uuid, why text, who uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    moment timestamptz := guard.act('repeal_rule', who, which::text, why, jsonb_build_object('rule', which));
BEGIN
    UPDATE agreements_enteredrule SET repealed_at = moment WHERE id = which AND repealed_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such rule, or it is repealed.' USING ERRCODE = 'OP014';
    END IF;
    RETURN moment;
END $$;

REVOKE ALL ON FUNCTION guard.enter(jsonb), guard.may_still_end(text, uuid), guard.act(text, uuid, text, text, jsonb),
    guard.trace_act(text, uuid, text, text, jsonb),
    guard.keep_agreement_draft(uuid, text, uuid), guard.drop_agreement_draft(uuid, uuid),
    guard.propose(uuid, jsonb, integer, uuid), guard.proposal(uuid), guard.withdraw_proposal(uuid, text, uuid),
    guard.vote(uuid, boolean, text, uuid), guard.acts_for(uuid, text),
    guard.register_key(uuid, text, text, bytea, uuid), guard.revoke_key(uuid, text, uuid),
    guard.sign_agreement(uuid, bytea, bytea, uuid),
    guard.change_access(text, integer, text, uuid, boolean),
    guard.change_people(text, text, uuid[], text[], text, uuid, boolean),
    guard.suspend_agency(text, text, uuid, boolean),
    guard.receive_certificate(uuid, text, uuid), guard.enter_rule(uuid, jsonb, uuid),
    guard.repeal_rule(uuid, text, uuid)
    FROM PUBLIC;
