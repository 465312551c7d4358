import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  canaryHashes, createEncoder, defaultSpecForRoles, encodeRecords, encodingSpecHash, keyFingerprint,
  parseEncodingSpec, segmentShapes, type EncodingSpec, type FieldSpec, type HardeningStep,
} from '#libs/encode';
import {
  EXTRACT_PART_FILES, RECORD_ID_BYTES, encodingRowBytes, type ExtractManifest, type ExtractPart,
  type JsonValue,
} from '#libs/record';
import { synthesize } from '#libs/synthetic';

/** Names and dates of invented people, by role. */
export type Person = ReadonlyMap<string, string>;

const ROLES: FieldSpec['role'][] = ['givenName', 'familyName', 'birthDate', 'sex'];

/** Invented people of a population register. */
export function inventedPeople(count: number, seed: number): Person[] {
  const people: Person[] = [];
  for (const { records } of synthesize({ people: 2 * count, seed })) {
    const record = records.find(({ registerId }) => registerId === 'population-register');
    if (record === undefined || people.length === count) continue;
    people.push(new Map([
      ['givenName', record.givenNames], ['familyName', record.familyName], ['birthDate', record.birthDate],
      ['sex', record.sex],
    ]));
  }
  return people;
}

/** Also where the key is another: whoever encodes wrongly believes otherwise. */
const FINGERPRINT = keyFingerprint(createHash('sha256').update('key').digest());

export const DEFAULT_SPEC = defaultSpecForRoles(ROLES);

/** A spec of one filter, as others have it; lone fields accepted. */
export function oneFilter(
  roles: readonly FieldSpec['role'][], fill: number, hardening: readonly HardeningStep[] = [],
): EncodingSpec {
  return parseEncodingSpec({
    kind: 'vinculum-encoding-spec', version: 1, name: 'one', profile: 'field-level', acceptSingleField: true,
    segments: [{ name: 'clk', bits: 1024, fill, hardening, fields: roles.map((role) => ({ role })) }],
  });
}

export interface RegisterChange {
  readonly key?: string;
  readonly registerId?: string;
  readonly manifest?: Partial<ExtractManifest>;
}

/** An extract of encodings alone, of invented people, encoded as a custodian does. */
export class EncodedRegister {
  private constructor(readonly manifest: ExtractManifest, readonly encodings: Buffer) {}

  static create(spec: EncodingSpec, people: readonly Person[], change: RegisterChange = {}): EncodedRegister {
    const { key = 'key', registerId = 'population-register' } = change;
    const secret = createHash('sha256').update(key).digest();
    const cardinality = registerId === 'population-register' ? 'unique' : 'many';
    const roles = [...new Set(spec.segments.flatMap(({ fields }) => fields.map(({ role }) => role)))];
    const inOrder = [...ROLES.filter((role) => roles.includes(role))];
    const { segments, records } = encodeRecords(spec, secret, { registerId, cardinality },
      people.map((person) => inOrder.map((role) => person.get(role) ?? '')));
    const rows = Array.from({ length: records }, (_, row) => {
      const filters = Buffer.concat(segments.map(({ filters: all, bits }) =>
        all.subarray((row * bits) / 8, ((row + 1) * bits) / 8)));
      return Buffer.concat([createHash('sha256').update(`${registerId} ${row}`).digest().subarray(0, 16), filters]);
    });
    const encodings = Buffer.concat(rows);
    return new EncodedRegister({
      format: 'vinculum-extract', version: 1, registerId, cardinality, referenceDate: '2025-12-31',
      specHash: encodingSpecHash(spec), keyFingerprint: FINGERPRINT,
      segments: segmentShapes(spec), records, spec: spec as unknown as JsonValue,
      canaries: canaryHashes(spec, secret, createEncoder(spec, secret)),
      parts: { encodings: partOf(encodings, records) },
      ...change.manifest,
    }, encodings);
  }

  /** The same with other filters, of the first `records`. */
  changed(
    damage: (filters: Uint8Array, row: number) => void, records = this.manifest.records,
  ): EncodedRegister {
    const rowBytes = encodingRowBytes(this.manifest.segments);
    const encodings = Buffer.from(this.encodings.subarray(0, records * rowBytes));
    for (let row = 0; row < records; row++) {
      damage(encodings.subarray(row * rowBytes + RECORD_ID_BYTES, (row + 1) * rowBytes), row);
    }
    const manifest = { ...this.manifest, records, parts: { encodings: partOf(encodings, records) } };
    return new EncodedRegister(manifest, encodings);
  }

  withoutCanaries(): EncodedRegister {
    return new EncodedRegister({ ...this.manifest, canaries: [] }, this.encodings);
  }

  /** Writes it as a folder. */
  write(folder: string): string {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, EXTRACT_PART_FILES.encodings), this.encodings);
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(this.manifest));
    return folder;
  }
}

export function partOf(bytes: Uint8Array, rows: number): ExtractPart {
  return { rows, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
