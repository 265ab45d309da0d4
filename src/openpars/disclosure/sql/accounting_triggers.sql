-- What is made once for looks at the log (accounting.sql holds the functions).
CREATE TRIGGER check_power BEFORE INSERT ON public.disclosure_act
    FOR EACH ROW EXECUTE FUNCTION guard.check_power();
CREATE TRIGGER person_gone AFTER DELETE ON public.records_person
    FOR EACH ROW EXECUTE FUNCTION guard.person_gone();
CREATE INDEX disclosure_case ON public.disclosure_disclosure ((request ->> 'case_number'), begun_at);
