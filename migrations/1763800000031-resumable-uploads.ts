import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * Parts arrive in pieces, each of which resumes. Bytes of encodings are stored once, where they stay; those
 * of content and events wait, encrypted too, until the extract is sealed and they become rows.
 */
export class ResumableUploads1763800000031 implements MigrationInterface {
  name = 'ResumableUploads1763800000031';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UPLOADS);
    await runner.query(CHUNKS);
    await runner.query(EXPIRY);
  }

  down = forwardOnly;
}

const UPLOADS = `
-- One piece of a part on its way: bytes start to start + length of the part; the first received are durable.
CREATE TABLE encodings.upload (
  id         uuid PRIMARY KEY,
  extract    uuid NOT NULL REFERENCES encodings.extract,
  part       text NOT NULL CHECK (part IN ('encodings', 'content', 'events')),
  start      bigint NOT NULL CHECK (start >= 0),
  length     bigint NOT NULL CHECK (length > 0),
  received   bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND length),
  changed_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (extract, part, start)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON encodings.upload TO vinculum_extracts;
-- Which parts have arrived follows from the uploads.
DROP TABLE encodings.part;`;

const CHUNKS = `
-- Chunks begin at any byte and may cut a row. Those of extracts from before are numbered 0, 1, 2: in either
-- case this is their order, and what the encryption binds them to.
ALTER TABLE encodings.chunk RENAME COLUMN chunk_no TO place;
ALTER TABLE encodings.chunk ALTER COLUMN place TYPE bigint;
ALTER TABLE encodings.chunk DROP COLUMN rows;
CREATE TABLE content.chunk (
  extract uuid NOT NULL,
  part    text NOT NULL CHECK (part IN ('content', 'events')),
  place   bigint NOT NULL CHECK (place >= 0),
  -- Nonce (12 bytes) || ciphertext || tag (16 bytes) of bytes of the part.
  data    bytea NOT NULL,
  PRIMARY KEY (extract, part, place)
);
ALTER TABLE content.chunk ALTER COLUMN data SET STORAGE EXTERNAL;
GRANT SELECT, INSERT, DELETE ON content.chunk TO vinculum_extracts;`;

const EXPIRY = `
ALTER TABLE encodings.extract DROP CONSTRAINT extract_state_check;
ALTER TABLE encodings.extract ADD CONSTRAINT extract_state_check
  CHECK (state IN ('receiving', 'accepted', 'refused', 'superseded', 'expired', 'destroyed'));
-- The clock acts for no custodian: it may learn which extracts are abandoned and whose they are, no more.
CREATE FUNCTION encodings.abandoned_extracts(quiet interval)
RETURNS TABLE (id uuid, organisation text, project uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.id, e.organisation, e.project FROM encodings.extract e
  WHERE e.state = 'receiving' AND greatest(e.created_at,
    (SELECT max(u.changed_at) FROM encodings.upload u WHERE u.extract = e.id)) < now() - quiet
$$;
REVOKE ALL ON FUNCTION encodings.abandoned_extracts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION encodings.abandoned_extracts TO vinculum_extracts;`;
