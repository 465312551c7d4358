import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/** Records whose people object to being linked: as keyed marks, which say nothing to who reads the table. */
export class Objections1763800000052 implements MigrationInterface {
  name = 'Objections1763800000052';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE encodings.objection (
  organisation text NOT NULL,
  register_id  text NOT NULL,
  -- NULL: against every use.
  project      uuid,
  mark         bytea NOT NULL CHECK (octet_length(mark) = 32),
  filed_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (organisation, register_id, project, mark)
);
GRANT SELECT, INSERT, DELETE ON encodings.objection TO vinculum_extracts;
GRANT SELECT ON encodings.objection TO vinculum_linker;
ALTER TABLE encodings.objection ENABLE ROW LEVEL SECURITY;
CREATE POLICY objection_of_custodian ON encodings.objection TO vinculum_extracts
  USING (organisation = current_setting('vinculum.organisation', true))
  WITH CHECK (organisation = current_setting('vinculum.organisation', true));
CREATE POLICY objection_for_linkage ON encodings.objection FOR SELECT TO vinculum_linker USING (true);
-- [{registerId, records}]: how many records did not take part, protected as a release is.
ALTER TABLE links.run ADD COLUMN objections jsonb;`);
  }

  down = forwardOnly;
}
