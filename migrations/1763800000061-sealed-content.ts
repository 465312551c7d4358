import type { MigrationInterface, QueryRunner } from 'typeorm';
import { VinculumError } from '#libs/record';
import { forwardOnly } from './forward-only.js';

/**
 * Rows of content and events become ciphertext, under a key of their own for each extract: who destroys what
 * wraps it destroys them in every backup. In the clear they exist for the length of a transaction, in
 * temporary tables of the two logins that work with them.
 */
export class SealedContent1763800000061 implements MigrationInterface {
  name = 'SealedContent1763800000061';

  async up(runner: QueryRunner): Promise<void> {
    await this.assertNothingInTheClear(runner);
    const [{ database }] = await runner.query('SELECT current_database() AS database') as [{ database: string }];
    await runner.query(TABLES);
    await runner.query(GRANTS);
    await runner.query(`GRANT TEMPORARY ON DATABASE "${database}" TO vinculum_extracts, vinculum_cohort`);
    // Events are looked for by their record, in no order of the disk.
    await runner.query("ALTER ROLE vinculum_cohort SET temp_buffers = '64MB'");
  }

  down = forwardOnly;

  /** A migration has no extract's key, and what lay in the clear is in backups all the same. */
  private async assertNothingInTheClear(runner: QueryRunner): Promise<void> {
    const [{ extracts }] = await runner.query(
      `SELECT count(*)::int AS extracts FROM encodings.extract WHERE wrapped_key IS NOT NULL
       OR id IN (SELECT extract FROM content.record) OR id IN (SELECT extract FROM content.event)`,
    ) as [{ extracts: number }];
    if (extracts === 0) return;
    throw new VinculumError('CONTENT_IN_THE_CLEAR',
      `expected no extract from before content was encrypted, got ${extracts}; close their projects with the earlier `
      + 'version, which destroys them, then start this one and submit them again');
  }
}

const TABLES = `
DROP FUNCTION content.contradictions;
DROP TABLE content.record, content.event;
-- The key (AES-256-GCM) of an extract's rows of content and events, wrapped as that of its filters is. Another
-- key: who reads filters cannot open content, nor the other way round.
CREATE TABLE content.key (
  extract uuid PRIMARY KEY,
  wrapped bytea NOT NULL
);
-- Rows in the binary format of COPY, cut anywhere. Every accepted extract has both parts, each with a last
-- chunk, also where there is nothing in it: that something is missing can be seen.
CREATE TABLE content.sealed_rows (
  extract uuid NOT NULL,
  part    text NOT NULL CHECK (part IN ('content', 'events')),
  number  integer NOT NULL CHECK (number >= 0),
  last    boolean NOT NULL,
  -- Nonce (12 bytes) || ciphertext || tag (16 bytes).
  data    bytea NOT NULL,
  PRIMARY KEY (extract, part, number)
);
ALTER TABLE content.sealed_rows ALTER COLUMN data SET STORAGE EXTERNAL;`;

const GRANTS = `
GRANT SELECT, INSERT, DELETE ON content.key TO vinculum_extracts;
-- Has the key while it writes; of what it wrote it reads back only where to find it.
GRANT INSERT, DELETE, SELECT (extract) ON content.sealed_rows TO vinculum_extracts;
GRANT SELECT ON content.key, content.sealed_rows TO vinculum_cohort;
-- Puts keys under another master key, and can read nothing that they open.
GRANT DELETE, SELECT (extract, wrapped), UPDATE (wrapped) ON content.key TO vinculum_retention;
GRANT DELETE, SELECT (extract) ON content.sealed_rows TO vinculum_retention;`;
