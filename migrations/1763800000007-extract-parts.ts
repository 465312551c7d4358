import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/** Which parts of an extract have arrived, how it was decided, and the filters that a project agreed on. */
export class ExtractParts1763800000007 implements MigrationInterface {
  name = 'ExtractParts1763800000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE encodings.extract
  ADD COLUMN submitted_by text NOT NULL,
  -- {code, detail, rows, rowErrors}: what the custodian is told. Never a value of a record.
  ADD COLUMN report jsonb,
  ADD COLUMN decided_at timestamptz;
CREATE TABLE encodings.part (
  extract     uuid NOT NULL REFERENCES encodings.extract,
  part        text NOT NULL CHECK (part IN ('encodings', 'content', 'events')),
  rows        integer NOT NULL CHECK (rows >= 0),
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (extract, part)
);
-- Segments of the first accepted extract. One custodian cannot see another's extract, and need not.
CREATE TABLE encodings.agreed_segments (
  project  uuid PRIMARY KEY,
  segments jsonb NOT NULL
);
GRANT SELECT, INSERT, DELETE ON encodings.part TO vinculum_extracts;
GRANT SELECT, INSERT ON encodings.agreed_segments TO vinculum_extracts;`);
  }

  down = forwardOnly;
}
