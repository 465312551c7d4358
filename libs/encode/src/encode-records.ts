import type { EncodedExtract, Register } from '#libs/record';
import { createEncoder } from './encoder.js';
import type { EncoderResources } from './record-encoder.js';
import { BATCH_RECORDS } from './filter-kernel.js';
import { segmentShapes, type EncodingSpec } from './encoding-spec.js';

/**
 * Encodes rows in memory. Each row has one value for each of the spec's roles, in the order of
 * `createEncoder(...).roles`; '' is missing. Row order is kept.
 */
export function encodeRecords(
  spec: EncodingSpec, secret: Uint8Array, register: Register, rows: readonly (readonly string[])[],
  resources: EncoderResources = {},
): EncodedExtract {
  const encoder = createEncoder(spec, secret, resources);
  const segments = segmentShapes(spec).map((shape) => (
    { ...shape, filters: new Uint8Array((rows.length * shape.bits) / 8) }));
  const batch = new Uint8Array(BATCH_RECORDS * encoder.recordBytes);
  for (let first = 0; first < rows.length; first += BATCH_RECORDS) {
    const some = rows.slice(first, first + BATCH_RECORDS);
    encoder.encodeRows(some, batch, 0);
    let at = 0;
    for (let row = first; row < first + some.length; row++) {
      for (const { bits, filters } of segments) {
        filters.set(batch.subarray(at, at + bits / 8), (row * bits) / 8);
        at += bits / 8;
      }
    }
  }
  const { registerId, cardinality } = register;
  return { registerId, cardinality, records: rows.length, segments };
}
