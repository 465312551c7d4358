import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * When an extract is destroyed, who decided otherwise, and the login that does it: it may remove everything
 * that came from an extract, and can read none of it.
 */
export class Retention1763800000051 implements MigrationInterface {
  name = 'Retention1763800000051';

  async up(runner: QueryRunner): Promise<void> {
    const [{ database }] = await runner.query('SELECT current_database() AS database') as [{ database: string }];
    const found = await runner.query("SELECT 1 FROM pg_roles WHERE rolname = 'vinculum_retention'") as unknown[];
    if (found.length === 0) await runner.query('CREATE ROLE vinculum_retention LOGIN');
    await runner.query(`GRANT CONNECT ON DATABASE "${database}" TO vinculum_retention`);
    await runner.query("ALTER ROLE vinculum_retention SET statement_timeout = '15min'");
    await runner.query("ALTER ROLE vinculum_retention SET idle_in_transaction_session_timeout = '5min'");
    await runner.query(CLOCKS);
    await runner.query(DECISIONS);
    await runner.query(GRANTS);
    await this.grantLog(runner);
  }

  down = forwardOnly;

  /** The log's owner is a role of its own, and of which nobody is a member for longer than a migration. */
  private async grantLog(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT vinculum_audit_owner TO CURRENT_USER');
    await runner.query('SET LOCAL ROLE vinculum_audit_owner');
    await runner.query('GRANT USAGE ON SCHEMA audit TO vinculum_retention');
    await runner.query('GRANT EXECUTE ON FUNCTION audit.append(text[], text[]) TO vinculum_retention');
    await runner.query('RESET ROLE');
    await runner.query('REVOKE vinculum_audit_owner FROM CURRENT_USER');
  }
}

const CLOCKS = `
ALTER TABLE encodings.extract
  ADD COLUMN version integer CHECK (version > 0),
  ADD COLUMN destroy_after timestamptz,
  -- Number of the leaf of the audit log that says so: what a receipt proves.
  ADD COLUMN destruction_leaf bigint CHECK (destruction_leaf >= 0);
UPDATE encodings.extract e SET
  destroy_after = coalesce(e.decided_at, e.created_at) + make_interval(days => p.retention_days),
  version = (SELECT count(*) FROM encodings.extract o WHERE o.project = e.project
    AND o.register_id = e.register_id AND o.state IN ('accepted', 'superseded') AND o.created_at <= e.created_at)
FROM governance.project p WHERE p.id = e.project AND e.state IN ('accepted', 'superseded');
ALTER TABLE encodings.extract
  ADD CONSTRAINT extract_has_a_clock CHECK (
    state NOT IN ('accepted', 'superseded') OR (destroy_after IS NOT NULL AND version IS NOT NULL)),
  ADD CONSTRAINT extract_destroyed_with_proof CHECK (state <> 'destroyed' OR destruction_leaf IS NOT NULL);
CREATE UNIQUE INDEX extract_version ON encodings.extract (project, register_id, version);
CREATE INDEX extract_due ON encodings.extract (destroy_after) WHERE state IN ('accepted', 'superseded');
ALTER TABLE links.run ADD COLUMN links_destroyed_at timestamptz;`;

const DECISIONS = `
-- What two people decide about the extracts of a project: one asks, another approves.
CREATE TABLE governance.retention_decision (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project      uuid NOT NULL REFERENCES governance.project,
  kind         text NOT NULL CHECK (kind IN ('hold', 'lift-hold', 'close')),
  reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  requester    text NOT NULL,
  requester_organisation text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  approver     text CHECK (approver <> requester),
  approved_at  timestamptz CHECK ((approved_at IS NULL) = (approver IS NULL)),
  -- Of a hold that was lifted.
  ended_at     timestamptz
);
CREATE INDEX ON governance.retention_decision (project, requested_at);
CREATE UNIQUE INDEX retention_decision_hold ON governance.retention_decision (project)
  WHERE kind = 'hold' AND approved_at IS NOT NULL AND ended_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON governance.retention_decision TO vinculum_governance;`;

const GRANTS = `
GRANT USAGE ON SCHEMA governance, encodings, content, links TO vinculum_retention;
GRANT SELECT (id, purpose, state) ON governance.project TO vinculum_retention;
GRANT SELECT ON governance.retention_decision TO vinculum_retention;
GRANT SELECT, UPDATE ON encodings.extract TO vinculum_retention;
CREATE POLICY extract_for_retention ON encodings.extract TO vinculum_retention USING (true);
GRANT DELETE, SELECT (extract) ON encodings.chunk, encodings.upload, content.chunk, content.record, content.event
  TO vinculum_retention;
GRANT SELECT (id, project, state, extracts, links_destroyed_at),
  UPDATE (state, failure, ended_at, links_destroyed_at) ON links.run TO vinculum_retention;
GRANT DELETE, SELECT (run) ON links.entity_record TO vinculum_retention;`;
