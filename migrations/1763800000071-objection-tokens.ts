import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/** People who object, by the token of their encoding: it finds them in every register that is linked. */
export class ObjectionTokens1763800000071 implements MigrationInterface {
  name = 'ObjectionTokens1763800000071';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE encodings.objection
  -- Of a record id, which is one register's, or of an encoding, which registers of a project have in common.
  ADD COLUMN kind text NOT NULL DEFAULT 'record' CHECK (kind IN ('record', 'token'));
ALTER TABLE encodings.objection ALTER COLUMN kind DROP DEFAULT;`);
  }

  down = forwardOnly;
}
