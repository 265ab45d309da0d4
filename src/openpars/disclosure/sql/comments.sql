-- What the public says of a proposal while it is open to it, and what the solicitor does with it (specs/agreement-file.md,
-- section 15). No person of the city writes a comment, so no charter gives the power: anybody may, as long as nobody has
-- voted. The log's entry of a comment commits to it and does not hold it: whoever writes may name somebody.
--
-- Errors as in proceedings.sql; functions alone, each of which replaces the one before.

-- Keeps a comment. The network address is kept beside, not with it, for an hour, so that nobody floods the owners.
CREATE OR REPLACE FUNCTION guard.comment(which uuid, about uuid, writer text, said text, new_salt bytea, hidden text,
    source inet)
RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    held agreements_proposal := guard.proposal(about);
    moment timestamptz := guard.now();
    near inet := CASE WHEN family(source) = 6 THEN network(set_masklen(source, 64)) ELSE source END;
BEGIN
    IF held.done_at IS NOT NULL OR EXISTS (SELECT FROM agreements_ballotvote v WHERE v.proposal_id = about) THEN
        RAISE EXCEPTION 'The time for comments is over.' USING ERRCODE = 'OP013';
    ELSIF said !~ '[^[:space:]]' OR length(said) > 4000 OR length(writer) > 80
        OR replace(said, E'\n', '') ~ '[[:cntrl:]]' OR writer ~ '[[:cntrl:]]' OR (hidden ~ '^[0-9a-f]{64}$') IS NOT TRUE
        OR length(new_salt) <> 32 THEN
        RAISE EXCEPTION 'This is no comment.' USING ERRCODE = 'OP013';
    END IF;
    DELETE FROM guard.comment_source s WHERE s.at < clock_timestamp() - interval '1 hour';
    IF (SELECT count(*) FROM guard.comment_source s WHERE s.source = near) >= 10
        OR (SELECT count(*) FROM guard.comment_source s WHERE s.proposal = about) >= 500 THEN
        RAISE EXCEPTION 'Too many comments have come within the hour: send yours again later.' USING ERRCODE = 'OP013';
    END IF;
    INSERT INTO guard.comment_source (source, proposal, at) VALUES (near, about, clock_timestamp());
    INSERT INTO agreements_comment (id, proposal_id, name, words, salt, at, answer)
    VALUES (which, about, writer, said, new_salt, moment, '');
    PERFORM guard.enter(jsonb_build_object('type', 'openpars.comment/1', 'comment', which, 'proposal', about,
        'at', guard.stamp(moment), 'words', hidden));
    RETURN moment;
END $$;

-- Publishes a comment, answered or not; or says why it is not published.
CREATE OR REPLACE FUNCTION guard.answer_comment(which uuid, is_shown boolean, said text, who uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    held agreements_comment;
    moment timestamptz;
BEGIN
    SELECT * INTO held FROM agreements_comment c WHERE c.id = which FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such comment.' USING ERRCODE = 'OP014';
    ELSIF held.answered_at IS NOT NULL THEN
        RAISE EXCEPTION 'It was answered.' USING ERRCODE = 'OP013';
    ELSIF NOT is_shown AND btrim(said) = '' THEN
        RAISE EXCEPTION 'What is not published needs a reason.' USING ERRCODE = 'OP013';
    END IF;
    moment := guard.act('answer_comment', who, which::text, said, jsonb_build_object('comment', which,
        'proposal', held.proposal_id, 'shown', CASE WHEN is_shown THEN 'yes' ELSE 'no' END));
    UPDATE agreements_comment SET published = is_shown, answer = said, answered_at = moment WHERE id = which;
    RETURN moment;
END $$;

REVOKE ALL ON FUNCTION guard.comment(uuid, uuid, text, text, bytea, text, inet),
    guard.answer_comment(uuid, boolean, text, uuid) FROM PUBLIC;
