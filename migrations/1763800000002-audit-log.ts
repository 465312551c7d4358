import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * The audit log: an append-only Merkle tree (RFC 6962) that every module appends to in its own
 * transaction, through one function and nothing else.
 *
 * The tables belong to a role that nobody can log in as. Modules may execute `audit.append`; the role
 * `audit` may read. A trigger refuses UPDATE, DELETE and TRUNCATE even to the owner.
 */
export class AuditLog1763800000002 implements MigrationInterface {
  name = 'AuditLog1763800000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT vinculum_audit_owner TO CURRENT_USER');
    await runner.query('CREATE SCHEMA audit AUTHORIZATION vinculum_audit_owner');
    await runner.query('SET LOCAL ROLE vinculum_audit_owner');
    await runner.query(TABLES);
    await runner.query(IMMUTABLE);
    await runner.query(APPEND);
    await runner.query('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC');
    for (const role of ['governance', 'extracts', 'linker', 'cohort', 'releases', 'audit']) {
      await runner.query(`GRANT USAGE ON SCHEMA audit TO vinculum_${role}`);
      await runner.query(`GRANT EXECUTE ON FUNCTION audit.append(text[], text[]) TO vinculum_${role}`);
    }
    await runner.query('GRANT SELECT ON audit.event, audit.tree_head TO vinculum_audit');
    await runner.query('RESET ROLE');
    // From here on the owner of the database can neither write the log nor become its owner by accident.
    await runner.query('REVOKE vinculum_audit_owner FROM CURRENT_USER');
  }

  down = forwardOnly;
}

const TABLES = `
CREATE TABLE audit.event (
  seq       bigint PRIMARY KEY,
  -- The canonical text (RFC 8785): these bytes, as UTF-8, are the leaf.
  event     text NOT NULL,
  leaf_hash bytea NOT NULL CHECK (length(leaf_hash) = 32)
);
-- One row: number of leaves, and the roots of the perfect subtrees that they fill, largest first.
CREATE TABLE audit.tree_head (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  size     bigint NOT NULL,
  frontier bytea[] NOT NULL,
  last_at  timestamptz NOT NULL
);
INSERT INTO audit.tree_head (size, frontier, last_at) VALUES (0, '{}', '-infinity');`;

const IMMUTABLE = `
CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.event
  FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER tree_head_stays BEFORE DELETE OR TRUNCATE ON audit.tree_head
  FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();`;

/**
 * Appends one event and returns its number.
 *
 * `names[i]` is a member's name (ASCII, so that byte order is the UTF-16 order of RFC 8785), `members[i]`
 * its value as canonical JSON. `at` (UTC, milliseconds, never before the previous event's) and `seq`
 * (0-based, without gaps) are added here, because only the holder of the tree head's lock knows them. The
 * lock is held until the caller's transaction ends: append last.
 */
const APPEND = `
CREATE FUNCTION audit.append(names text[], members text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head   audit.tree_head%ROWTYPE;
  moment timestamptz;
  leaf   text;
  node   bytea;
  nodes  bytea[];
  filled bigint;
BEGIN
  IF cardinality(names) = 0 OR cardinality(names) <> cardinality(members) THEN
    RAISE EXCEPTION 'audit.append: as many members as names, and at least one' USING ERRCODE = '22023';
  END IF;
  IF EXISTS (SELECT FROM unnest(names, members) AS m(name, value)
             WHERE name !~ '^[a-zA-Z][a-zA-Z0-9]*$' OR name IN ('at', 'seq') OR value IS NULL
                OR NOT pg_input_is_valid(value, 'json'))
     OR (SELECT count(DISTINCT name) FROM unnest(names) AS n(name)) <> cardinality(names) THEN
    RAISE EXCEPTION 'audit.append: names are distinct identifiers other than at and seq, members are JSON'
      USING ERRCODE = '22023';
  END IF;

  SELECT * INTO STRICT head FROM audit.tree_head FOR UPDATE;
  moment := greatest(date_trunc('milliseconds', clock_timestamp()), head.last_at);
  SELECT '{' || string_agg(to_json(name)::text || ':' || value, ',' ORDER BY name COLLATE "C") || '}'
    INTO leaf
    FROM unnest(
      names || ARRAY['at', 'seq'],
      members || ARRAY[
        to_json(to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text,
        head.size::text]) AS m(name, value);

  node := sha256('\\x00'::bytea || convert_to(leaf, 'UTF8'));
  INSERT INTO audit.event (seq, event, leaf_hash) VALUES (head.size, leaf, node);
  -- Each trailing one bit of the size is a perfect subtree that this leaf completes into a larger one.
  nodes := head.frontier;
  filled := head.size;
  WHILE filled & 1 = 1 LOOP
    node := sha256('\\x01'::bytea || nodes[cardinality(nodes)] || node);
    nodes := trim_array(nodes, 1);
    filled := filled >> 1;
  END LOOP;
  UPDATE audit.tree_head SET size = head.size + 1, frontier = nodes || node, last_at = moment;
  RETURN head.size;
END $$;`;
