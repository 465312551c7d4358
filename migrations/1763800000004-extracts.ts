import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * What custodians deliver. Encodings and content never share a schema or a reader: `linker` has no way to
 * content, `cohort` none to encodings. A row of content is found by extract and row number.
 *
 * Row-level security: a session of `extracts` sees the extracts of one custodian organisation only,
 * once it has set `vinculum.organisation` (in the transaction); unset, it sees none.
 */
export class Extracts1763800000004 implements MigrationInterface {
  name = 'Extracts1763800000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ENCODINGS);
    await runner.query(CONTENT);
    await runner.query(GRANTS);
  }

  down = forwardOnly;
}

const ENCODINGS = `
CREATE TABLE encodings.extract (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project      uuid NOT NULL,
  register_id  text NOT NULL CHECK (register_id ~ '^[a-z][a-z0-9-]{0,63}$'),
  cardinality  text NOT NULL CHECK (cardinality IN ('unique', 'many')),
  organisation text NOT NULL,
  -- ExtractManifest as delivered.
  manifest     jsonb NOT NULL,
  state        text NOT NULL DEFAULT 'receiving'
               CHECK (state IN ('receiving', 'accepted', 'refused', 'superseded', 'destroyed')),
  -- The data key (AES-256-GCM) that the chunks are encrypted with, wrapped by the service's master key.
  -- To set it to NULL is to destroy the extract.
  wrapped_key  bytea,
  created_at   timestamptz NOT NULL DEFAULT now(),
  destroyed_at timestamptz,
  CHECK ((state = 'destroyed') = (destroyed_at IS NOT NULL)),
  CHECK (state <> 'destroyed' OR wrapped_key IS NULL)
);
CREATE INDEX extract_project ON encodings.extract (project, register_id);
-- One accepted delivery of a register at a time.
CREATE UNIQUE INDEX extract_current ON encodings.extract (project, register_id) WHERE state = 'accepted';
-- No row-level security here: COPY does not work with it. A chunk is found only through its extract.
CREATE TABLE encodings.chunk (
  extract  uuid NOT NULL REFERENCES encodings.extract,
  chunk_no integer NOT NULL CHECK (chunk_no >= 0),
  rows     integer NOT NULL CHECK (rows > 0),
  -- Nonce (12 bytes) || ciphertext || tag (16 bytes) of rows of encodings.bin.
  data     bytea NOT NULL,
  PRIMARY KEY (extract, chunk_no)
);
-- Already encrypted: compression would only cost time.
ALTER TABLE encodings.chunk ALTER COLUMN data SET STORAGE EXTERNAL;`;

const CONTENT = `
CREATE TABLE content.record (
  extract          uuid NOT NULL,
  row_no           integer NOT NULL CHECK (row_no >= 0),
  sex              text NOT NULL CHECK (sex IN ('F', 'M', '_O', '_N', '_U')),
  birth_month      text NOT NULL CHECK (birth_month ~ '^([0-9]{4}(-(0[1-9]|1[0-2]))?)?$'),
  citizenship      text NOT NULL CHECK (citizenship ~ '^([A-Z]{2}|STLS|UNK)?$'),
  country_of_birth text NOT NULL CHECK (country_of_birth ~ '^([A-Z]{2}|UNK)?$'),
  PRIMARY KEY (extract, row_no)
);
CREATE TABLE content.event (
  extract uuid NOT NULL,
  row_no  integer NOT NULL CHECK (row_no >= 0),
  kind    text NOT NULL CHECK (kind IN ('born', 'died', 'registered', 'deregistered', 'arrived', 'departed',
            'permit-from', 'permit-until', 'naturalised')),
  date    date NOT NULL,
  country text NOT NULL CHECK (country ~ '^([A-Z]{2}|UNK)?$')
);
CREATE INDEX event_record ON content.event (extract, row_no);`;

const GRANTS = `
GRANT SELECT, INSERT, UPDATE ON encodings.extract TO vinculum_extracts;
GRANT SELECT, INSERT, DELETE ON encodings.chunk TO vinculum_extracts;
-- Writes content and may delete it; of what it wrote it reads back only where to find it.
GRANT INSERT, DELETE ON content.record, content.event TO vinculum_extracts;
GRANT SELECT (extract, row_no) ON content.record, content.event TO vinculum_extracts;
GRANT SELECT ON encodings.extract, encodings.chunk TO vinculum_linker;
GRANT SELECT ON content.record, content.event TO vinculum_cohort;

ALTER TABLE encodings.extract ENABLE ROW LEVEL SECURITY;
CREATE POLICY extract_of_custodian ON encodings.extract TO vinculum_extracts
  USING (organisation = current_setting('vinculum.organisation', true))
  WITH CHECK (organisation = current_setting('vinculum.organisation', true));
CREATE POLICY extract_for_linkage ON encodings.extract FOR SELECT TO vinculum_linker
  USING (state = 'accepted');`;
