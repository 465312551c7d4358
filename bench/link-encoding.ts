import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import {
  createClkhashEncoder, createEncoder, defaultSpecForRoles, parseClkhashSchema, parseEncodingSpec,
  segmentShapes, type BlockRule,
} from '#libs/encode';
import type { EncodedExtract, SegmentFilters, SegmentShape } from '#libs/record';
import { benchRegisters, type Row } from './link-registers.js';

/**
 * `clkhash`: one plain filter of 1024 bits, as existing custodians send it. `default`: hardened segments.
 * `default-blocks`: the same with block keys of initial and date of birth, and of surname and year.
 */
export type LinkProfile = 'clkhash' | 'default' | 'default-blocks';
export const LINK_PROFILES: readonly LinkProfile[] = ['clkhash', 'default', 'default-blocks'];

export interface EncodingTask {
  readonly profile: LinkProfile;
  readonly records: number;
  readonly seed: number;
  readonly registers: readonly number[];
}

export interface EncodedRegisters {
  readonly extracts: readonly EncodedExtract[];
  /** Wall seconds of encoding alone. */
  readonly seconds: number;
}

const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const ROWS_A_PIECE = 10_000;
/** In the order of `Row`. */
const COLUMNS = ['givenName', 'familyName', 'birthDate', 'sex'] as const;

const bigrams = (bitsPerToken: number): object => (
  { comparison: { type: 'ngram', n: 2 }, strategy: { bitsPerToken }, hash: { type: 'blakeHash' } });

/** Some 45 % of the bits are ones. */
const CLKHASH = parseClkhashSchema({
  version: 3,
  clkConfig: { l: 1024, kdf: { type: 'HKDF', hash: 'SHA256', salt: 'c2FsdA==', info: '', keySize: 64 } },
  features: [
    { identifier: 'given_name', format: { type: 'string', encoding: 'utf-8' }, hashing: bigrams(20) },
    { identifier: 'family_name', format: { type: 'string', encoding: 'utf-8' }, hashing: bigrams(20) },
    {
      identifier: 'birth_date', format: { type: 'date', format: '%Y-%m-%d' },
      hashing: {
        comparison: { type: 'ngram', n: 1, positional: true }, strategy: { bitsPerToken: 25 },
        hash: { type: 'blakeHash' },
      },
    },
    {
      identifier: 'sex', format: { type: 'enum', values: ['F', 'M'] },
      hashing: { comparison: { type: 'exact' }, strategy: { bitsPerToken: 20 }, hash: { type: 'blakeHash' } },
    },
  ],
});

const BLOCKS: readonly BlockRule[] = [
  {
    name: 'initialDate',
    parts: [{ role: 'givenName', take: 'letters', letters: 1 }, { role: 'birthDate', take: 'date' }],
  },
  {
    name: 'surnameYear', parts: [{ role: 'familyName', take: 'soundex' }, { role: 'birthDate', take: 'year' }],
  },
];

/** Encodes the registers, one thread for each core, each register by one thread. */
export async function encodeRegisters(
  profile: LinkProfile, records: number, registers: number, seed: number, threads: number,
): Promise<EncodedRegisters> {
  const numbers = Array.from({ length: registers }, (_, register) => register);
  const shares = Array.from({ length: Math.min(threads, registers) }, (_, thread) =>
    numbers.filter((register) => register % threads === thread));
  const done = await Promise.all(shares.map((share) =>
    encodeInThread({ profile, records, seed, registers: share })));
  const extracts = done.flatMap(({ extracts: own }) => own)
    .sort((x, y) => (x.registerId < y.registerId ? -1 : 1));
  return { extracts, seconds: Math.max(...done.map(({ seconds }) => seconds)) };
}

function encodeInThread(task: EncodingTask): Promise<EncodedRegisters> {
  return new Promise((done, fail) => {
    const worker = new Worker(__filename, { workerData: task });
    worker.once('message', (result: EncodedRegisters) => {
      done(result);
      void worker.terminate();
    });
    worker.once('error', fail);
  });
}

interface RowEncoder {
  readonly shapes: readonly SegmentShape[];
  /** Encodes rows into the filters of `segments` from record `start` on. */
  encode(rows: readonly Row[], segments: readonly SegmentFilters[], start: number): void;
}

function rowEncoder(profile: LinkProfile): RowEncoder {
  if (profile === 'clkhash') {
    const encoder = createClkhashEncoder(CLKHASH, SECRET);
    return {
      shapes: [{ name: 'clk', bits: CLKHASH.bits }],
      encode: (rows, [{ filters }], start) => {
        const refusals = encoder.encodeRows(rows, filters, start * encoder.filterBytes);
        if (refusals.length > 0) throw new Error('the bench made a row that its schema refuses');
      },
    };
  }
  const defaults = defaultSpecForRoles(COLUMNS);
  const spec = profile === 'default' ? defaults : parseEncodingSpec({ ...defaults, blocks: BLOCKS });
  const encoder = createEncoder(spec, SECRET);
  const places = encoder.roles.map((role) => COLUMNS.findIndex((column) => column === role));
  const records = new Uint8Array(ROWS_A_PIECE * encoder.recordBytes);
  return {
    shapes: segmentShapes(spec),
    encode: (rows, segments, start) => {
      encoder.encodeRows(rows.map((values) => places.map((place) => values[place])), records, 0);
      let at = 0;
      for (const { bits, filters } of segments) {
        const bytes = bits / 8;
        rows.forEach((_, row) => {
          const from = row * encoder.recordBytes + at;
          filters.set(records.subarray(from, from + bytes), (start + row) * bytes);
        });
        at += bytes;
      }
    },
  };
}

/** Makes rows piece by piece and encodes them; the clock runs for the encoding only. */
function encodeHere({ profile, records, seed, registers }: EncodingTask): EncodedRegisters {
  const people = benchRegisters(records, seed);
  let milliseconds = 0;
  const extracts = registers.map((register): EncodedExtract => {
    const encoder = rowEncoder(profile);
    const segments = encoder.shapes.map((shape) => (
      { ...shape, filters: new Uint8Array(new SharedArrayBuffer((records * shape.bits) / 8)) }));
    for (let start = 0; start < records; start += ROWS_A_PIECE) {
      const rows = Array.from({ length: Math.min(ROWS_A_PIECE, records - start) }, (_, row) =>
        people.row(register, start + row));
      const begun = performance.now();
      encoder.encode(rows, segments, start);
      milliseconds += performance.now() - begun;
    }
    return { registerId: `register-${register + 1}`, cardinality: 'unique', records, segments };
  });
  return { extracts, seconds: milliseconds / 1000 };
}

if (!isMainThread) parentPort?.postMessage(encodeHere(workerData as EncodingTask));
