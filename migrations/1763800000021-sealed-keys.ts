import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/** Keys that one custodian of a project sealed for others: ciphertext, which the service cannot open. */
export class SealedKeys1763800000021 implements MigrationInterface {
  name = 'SealedKeys1763800000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE governance.sealed_key (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project      uuid NOT NULL REFERENCES governance.project,
  organisation text NOT NULL,
  sealed       bytea NOT NULL CHECK (octet_length(sealed) <= 65536),
  recipients   integer NOT NULL CHECK (recipients > 0),
  at           timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON governance.sealed_key (project, at);
GRANT SELECT, INSERT, DELETE ON governance.sealed_key TO vinculum_governance;`);
  }

  down = forwardOnly;
}
