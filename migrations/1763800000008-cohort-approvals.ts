import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/** The reason that a board member gives with a decision. */
export class CohortApprovals1763800000008 implements MigrationInterface {
  name = 'CohortApprovals1763800000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE releases.approval ADD COLUMN reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000);`);
  }

  down = forwardOnly;
}
