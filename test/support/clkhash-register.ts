import { createHash } from 'node:crypto';
import {
  clkhashSchemaHash, createClkhashEncoder, keyFingerprint, parseClkhashSchema, writeFilter,
} from '#libs/encode';
import type { DeliveredClks, ExtractManifest } from '#libs/record';
import type { Delivery } from './delivery.js';
import { partOf, type Person } from './encoded-register.js';

/** No multiple of 8: the last byte is filled. */
const BITS = 1020;
const SECRET = createHash('sha256').update('clkhash').digest();
const IDENTIFIERS = ['givenName', 'familyName', 'birthDate', 'sex'] as const;

/** A linkage schema as a custodian gives clkhash. */
const SCHEMA = {
  version: 3,
  clkConfig: { l: BITS, kdf: { type: 'HKDF', hash: 'SHA256', salt: '', info: '', keySize: 64 } },
  features: IDENTIFIERS.map((identifier, i) => ({
    identifier, format: { type: 'string', encoding: 'utf-8' },
    hashing: {
      comparison: { type: 'ngram', n: i < 2 ? 2 : 1, positional: i === 2 }, strategy: { bitsPerToken: 14 },
      hash: { type: 'doubleHash' },
    },
  })),
};

/** Of one register, the same each time: what a custodian keeps the key of. */
export function recordIdOf(registerId: string, row: number): string {
  return createHash('sha256').update(`${registerId} ${row}`).digest('hex').slice(0, 32);
}

/** What clkhash and a CSV give, and the manifest that a custodian writes about both. */
export class ClkhashRegister implements Delivery {
  private constructor(
    readonly manifest: ExtractManifest, readonly bytes: Readonly<Record<'encodings' | 'content', Buffer>>,
    /** As clkhash has them: most significant bit first. */
    readonly filters: readonly Uint8Array[],
  ) {}

  static create(
    registerId: string, people: readonly Person[], form: Pick<DeliveredClks, 'layout' | 'bitOrder'>,
  ): ClkhashRegister {
    const schema = parseClkhashSchema(SCHEMA);
    const encoder = createClkhashEncoder(schema, SECRET);
    // Centuries and hyphens are the same for all: they would show as bits that never change.
    const valueOf = (person: Person, name: string): string =>
      (person.get(name) ?? '').slice(name === 'birthDate' ? 2 : 0).replaceAll('-', '');
    const filters = people.map((person) =>
      encoder.encode(IDENTIFIERS.map((name) => valueOf(person, name))) as Uint8Array);
    const bytes = {
      encodings: fileOf(filters, form),
      content: Buffer.from(['record_id,sex,birth_month,citizenship,country_of_birth',
        ...people.map((_, row) => `${recordIdOf(registerId, row)},F,,FR,`), ''].join('\n')),
    };
    return new ClkhashRegister({
      format: 'vinculum-extract', version: 1, registerId,
      cardinality: registerId === 'population-register' ? 'unique' : 'many', referenceDate: '2025-12-31',
      specHash: clkhashSchemaHash(schema), keyFingerprint: keyFingerprint(SECRET), spec: SCHEMA,
      segments: [{ name: 'clk', bits: 1024 }], clks: { ...form, bits: BITS },
      variables: [{ name: 'sex', source: 'self' }, { name: 'citizenship', source: 'third-party' }],
      records: people.length,
      parts: {
        encodings: partOf(bytes.encodings, people.length), content: partOf(bytes.content, people.length),
      },
    }, bytes, filters);
  }

  /** The same with other bytes, which the manifest knows. */
  changed(part: 'encodings' | 'content', change: (text: string) => string): ClkhashRegister {
    const bytes = { ...this.bytes, [part]: Buffer.from(change(this.bytes[part].toString())) };
    const parts = { ...this.manifest.parts, [part]: partOf(bytes[part], this.manifest.records) };
    return new ClkhashRegister({ ...this.manifest, parts }, bytes, this.filters);
  }
}

function fileOf(
  filters: readonly Uint8Array[], { layout, bitOrder }: Pick<DeliveredClks, 'layout' | 'bitOrder'>,
): Buffer {
  const written = filters.map((filter) => Buffer.from(writeFilter(filter, bitOrder)));
  if (layout === 'binary') return Buffer.concat(written.map((filter) => Buffer.concat([filter], 128)));
  return Buffer.from(JSON.stringify({ clks: written.map((filter) => filter.toString('base64')) }));
}
