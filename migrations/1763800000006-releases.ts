import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/** Cohort requests, their approvals, and what was released. Only protected cells are ever stored here. */
export class Releases1763800000006 implements MigrationInterface {
  name = 'Releases1763800000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE releases.cohort_request (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project     uuid NOT NULL,
  run         uuid NOT NULL,
  definition  jsonb NOT NULL,
  state       text NOT NULL DEFAULT 'draft' CHECK (state IN
              ('draft', 'submitted', 'approved', 'computed', 'released', 'refused')),
  requester   text NOT NULL,
  reasons     jsonb NOT NULL DEFAULT '[]',
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX cohort_request_project ON releases.cohort_request (project, created_at);
CREATE TABLE releases.approval (
  cohort_request uuid NOT NULL REFERENCES releases.cohort_request,
  approver       text NOT NULL,
  organisation   text NOT NULL,
  seat           text NOT NULL CHECK (seat IN ('data-protection', 'methodology', 'civil-society')),
  at             timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (cohort_request, approver)
);
CREATE TABLE releases.release (
  id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  cohort_request uuid NOT NULL UNIQUE REFERENCES releases.cohort_request,
  project        uuid NOT NULL,
  policy_hash    text NOT NULL CHECK (policy_hash ~ '^[0-9a-f]{64}$'),
  -- The release as libs/disclose made it: cells with value or suppressed, and the decisions.
  release        jsonb NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON releases.cohort_request TO vinculum_releases;
GRANT SELECT, INSERT ON releases.approval, releases.release TO vinculum_releases;`);
  }

  down = forwardOnly;
}
