import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/** Linkage runs and the link map. Similarities are not stored: no column could hold one. */
export class Links1763800000005 implements MigrationInterface {
  name = 'Links1763800000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE links.run (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project    uuid NOT NULL,
  state      text NOT NULL DEFAULT 'queued'
             CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  -- {stage, done, total}: what a progress bar needs.
  progress   jsonb NOT NULL DEFAULT '{}',
  spec       jsonb NOT NULL,
  extracts   uuid[] NOT NULL,
  manifest   jsonb,
  estimates  jsonb,
  failure    text,
  requested_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at   timestamptz
);
CREATE INDEX run_project ON links.run (project, created_at);
CREATE TABLE links.entity_record (
  run         uuid NOT NULL REFERENCES links.run,
  extract     uuid NOT NULL,
  row_no      integer NOT NULL CHECK (row_no >= 0),
  -- Keyed per project, so that two projects cannot be joined.
  entity      bigint NOT NULL,
  probability real NOT NULL CHECK (probability BETWEEN 0 AND 1),
  PRIMARY KEY (run, extract, row_no)
);
CREATE INDEX entity_record_entity ON links.entity_record (run, entity);
GRANT SELECT, INSERT, UPDATE ON links.run TO vinculum_linker;
GRANT SELECT, INSERT, DELETE ON links.entity_record TO vinculum_linker;
GRANT SELECT ON links.run, links.entity_record TO vinculum_cohort;`);
  }

  down = forwardOnly;
}
