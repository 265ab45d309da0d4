-- How an end of access gets the locks that it needs (proceedings.sql), whoever holds them. A function alone, which replaces
-- the one before.

-- Takes an advisory lock until the commit. PostgreSQL lets any log-in role take any such lock and keep it for as long as
-- it likes: no door may hold up an end by that, so whichever still does is cut off, once; a rehearsal cuts off nobody.
CREATE OR REPLACE FUNCTION guard.hold(lock integer, number integer, rehearsal boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    before text := current_setting('lock_timeout');
    door text;
BEGIN
    FOR attempt IN 1..2 LOOP
        BEGIN
            PERFORM set_config('lock_timeout', CASE WHEN rehearsal THEN '2s' ELSE '15s' END, true);
            PERFORM pg_advisory_xact_lock(lock, number);
            PERFORM set_config('lock_timeout', before, true);
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            -- The savepoint gave the setting back.
        END;
        EXIT WHEN rehearsal;
        BEGIN
            -- Only a member of a role may end its sessions; the membership goes again with the savepoint.
            FOREACH door IN ARRAY ARRAY[current_database() || '_app', current_database() || '_gateway'] LOOP
                EXECUTE format('GRANT %I TO CURRENT_USER', door);
            END LOOP;
            PERFORM pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid = lock AND l.objid = number
              AND s.datname = current_database() AND s.pid <> pg_backend_pid()
              AND s.usename IN (current_database() || '_app', current_database() || '_gateway');
            RAISE EXCEPTION 'the membership ends' USING ERRCODE = 'OP099';
        EXCEPTION WHEN SQLSTATE 'OP099' THEN
            -- They are ended, and we are no member any more.
        END;
    END LOOP;
    RAISE EXCEPTION 'Somebody else is changing agreements at this moment.' USING ERRCODE = 'OP013';
END $$;

REVOKE ALL ON FUNCTION guard.hold(integer, integer, boolean) FROM PUBLIC;
