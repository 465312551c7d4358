import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/** Projects, the registers that they link, who takes part, who approved. */
export class Governance1763800000003 implements MigrationInterface {
  name = 'Governance1763800000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE governance.project (
  id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title               text NOT NULL,
  purpose             text NOT NULL,
  legal_basis         text NOT NULL,
  state               text NOT NULL DEFAULT 'draft'
                      CHECK (state IN ('draft', 'submitted', 'approved', 'collecting', 'linked', 'closed')),
  requester           text NOT NULL,
  requester_organisation text NOT NULL,
  -- Taken from the first extract where the project does not name it.
  encoding_spec_hash  text CHECK (encoding_spec_hash ~ '^[0-9a-f]{64}$'),
  key_fingerprint     text CHECK (key_fingerprint ~ '^[0-9a-f]{16}$'),
  disclosure_policy   text NOT NULL,
  retention_days      integer NOT NULL CHECK (retention_days BETWEEN 1 AND 3650),
  vulnerable_groups   boolean NOT NULL,
  dpia                jsonb,
  five_safes          jsonb,
  consultation        text,
  created_at          timestamptz NOT NULL DEFAULT now(),
  approved_at         timestamptz,
  closed_at           timestamptz
);
CREATE TABLE governance.project_register (
  project      uuid NOT NULL REFERENCES governance.project,
  register_id  text NOT NULL CHECK (register_id ~ '^[a-z][a-z0-9-]{0,63}$'),
  cardinality  text NOT NULL CHECK (cardinality IN ('unique', 'many')),
  organisation text NOT NULL,
  PRIMARY KEY (project, register_id)
);
CREATE TABLE governance.approval (
  project  uuid NOT NULL REFERENCES governance.project,
  approver text NOT NULL,
  organisation text NOT NULL,
  seat     text NOT NULL CHECK (seat IN ('data-protection', 'methodology', 'civil-society')),
  at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project, approver)
);
-- One role a person a project: the primary key says so.
CREATE TABLE governance.member (
  project      uuid NOT NULL REFERENCES governance.project,
  subject      text NOT NULL,
  organisation text NOT NULL,
  role         text NOT NULL CHECK (role IN
    ('custodian', 'linkage-operator', 'statistician', 'board-member', 'auditor', 'administrator')),
  since        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project, subject)
);
GRANT SELECT, INSERT, UPDATE ON governance.project TO vinculum_governance;
GRANT SELECT, INSERT ON governance.project_register, governance.approval, governance.member
  TO vinculum_governance;`);
  }

  down = forwardOnly;
}
