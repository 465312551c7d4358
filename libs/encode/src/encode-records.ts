import type { EncodedExtract, Register } from '#libs/record';
import { createEncoder, type EncoderResources } from './encoder.js';
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
  const record = new Uint8Array(encoder.recordBytes);
  rows.forEach((values, row) => {
    encoder.encode(values, record, 0);
    let at = 0;
    for (const { bits, filters } of segments) {
      filters.set(record.subarray(at, at + bits / 8), (row * bits) / 8);
      at += bits / 8;
    }
  });
  const { registerId, cardinality } = register;
  return { registerId, cardinality, records: rows.length, segments };
}
