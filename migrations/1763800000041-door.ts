import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/** What extracts are compared by at the door, nobody seeing another's: canaries and column shares. */
export class Door1763800000041 implements MigrationInterface {
  name = 'Door1763800000041';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(AGREED);
    await runner.query(CROSS_FILE);
    await runner.query(CLEARING);
    await runner.query(PROJECT);
    await runner.query(CONTRADICTIONS);
  }

  down = forwardOnly;
}

const AGREED = `
-- Hashes of the canaries' filters, [{segment, sha256}], of the first accepted extract that has any.
CREATE TABLE encodings.agreed_canaries (
  project  uuid PRIMARY KEY,
  canaries jsonb NOT NULL
);
GRANT SELECT, INSERT ON encodings.agreed_canaries TO vinculum_extracts;`;

const CROSS_FILE = `
-- For each bit of the filters, segment by segment, the share of records that have it.
CREATE TABLE encodings.column_share (
  extract     uuid PRIMARY KEY REFERENCES encodings.extract,
  project     uuid NOT NULL,
  register_id text NOT NULL,
  rows        integer NOT NULL CHECK (rows >= 0),
  -- float32, little-endian.
  shares      bytea NOT NULL
);
CREATE INDEX column_share_project ON encodings.column_share (project);
CREATE TABLE encodings.cross_check (
  extract          uuid NOT NULL REFERENCES encodings.extract,
  other_extract    uuid NOT NULL REFERENCES encodings.extract,
  project          uuid NOT NULL,
  register_id      text NOT NULL,
  other_register   text NOT NULL,
  verdict          text NOT NULL CHECK (verdict IN ('same', 'other-bit-order', 'different', 'unclear')),
  -- [{segment, agreement, observed, expected}]
  segments         jsonb NOT NULL,
  checked_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (extract, other_extract)
);
GRANT SELECT, INSERT ON encodings.column_share, encodings.cross_check TO vinculum_extracts;
-- Operators look at verdicts with this role, which sees every register, and not at shares.
GRANT SELECT ON encodings.cross_check TO vinculum_linker;`;

const CLEARING = `
-- Whatever takes an extract out of use takes with it what was drawn from its filters.
CREATE FUNCTION encodings.forget_extract() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM encodings.column_share WHERE extract = NEW.id;
  DELETE FROM encodings.cross_check WHERE extract = NEW.id OR other_extract = NEW.id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION encodings.forget_extract FROM PUBLIC;
CREATE TRIGGER forget_extract AFTER UPDATE OF state ON encodings.extract
  FOR EACH ROW WHEN (NEW.state NOT IN ('receiving', 'accepted')) EXECUTE FUNCTION encodings.forget_extract();`;

const CONTRADICTIONS = `
-- Records whose events cannot all be true, in the order of the rows: numbers and reasons, no dates. The role
-- that asks may not read content.
CREATE FUNCTION content.contradictions(asked uuid)
RETURNS TABLE (row_no integer, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT row_no, reason FROM (
    SELECT e.row_no, CASE
      WHEN max(e.date) FILTER (WHERE e.kind = 'born') > min(e.date) FILTER (WHERE e.kind <> 'born')
        THEN 'expected no event before the birth'
      WHEN min(e.date) FILTER (WHERE e.kind = 'died')
        < max(e.date) FILTER (WHERE e.kind NOT IN ('died', 'deregistered', 'permit-until'))
        THEN 'expected no event after the death'
      WHEN max(e.date) FILTER (WHERE e.kind = 'permit-until') < min(e.date) FILTER (WHERE e.kind = 'permit-from')
        THEN 'expected no permit that ends before it begins'
      WHEN count(*) FILTER (WHERE e.kind = 'arrived') = 1 AND count(*) FILTER (WHERE e.kind = 'departed') = 1
        AND count(*) FILTER (WHERE e.kind = 'permit-from') > 0
        AND max(e.date) FILTER (WHERE e.kind = 'departed') < min(e.date) FILTER (WHERE e.kind = 'arrived')
        THEN 'expected no departure before the arrival on a permit'
    END AS reason
    FROM content.event e WHERE e.extract = asked GROUP BY e.row_no) contradiction
  WHERE reason IS NOT NULL ORDER BY row_no
$$;
REVOKE ALL ON FUNCTION content.contradictions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION content.contradictions TO vinculum_extracts;`;

const PROJECT = `
-- What the board approved that custodians deliver; NULL: not laid down.
ALTER TABLE governance.project
  ADD COLUMN reference_date date,
  ADD COLUMN variables text[];`;
