-- What the guard keeps, and what is made once (guard.sql holds its functions).

CREATE SCHEMA guard;

CREATE TABLE guard.city (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    zone text NOT NULL,
    clock_offset interval NOT NULL DEFAULT '0',
    demonstration boolean NOT NULL DEFAULT false,
    CONSTRAINT only_a_demonstration_moves_the_clock CHECK (demonstration OR clock_offset = '0')
);

-- Each attempt draws a number, which a rollback does not give back: whoever reads rows and then lets the transaction
-- go leaves no entry, but a gap that the door cannot close (openpars.disclosure.queries.gaps).
ALTER TABLE public.disclosure_disclosure ADD COLUMN attempt bigint GENERATED ALWAYS AS IDENTITY;
