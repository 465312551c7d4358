import { canaryHashes } from './canaries.js';
import { defaultSpecForRoles } from './default-spec.js';
import { createEncoder } from './encoder.js';
import { parseEncodingSpec } from './parse-encoding-spec.js';

const SPEC = defaultSpecForRoles(['givenName', 'familyName', 'birthDate', 'sex']);
const SECRET = new Uint8Array(32).fill(7);

describe('canaryHashes', () => {
  it('are equal for equal key and spec, whichever of the encoders is used', () => {
    const hashes = canaryHashes(SPEC, SECRET);
    expect(hashes.map(({ segment }) => segment)).toEqual(SPEC.segments.map(({ name }) => name));
    expect(canaryHashes(SPEC, SECRET, createEncoder(SPEC, SECRET))).toEqual(hashes);
    expect(new Set(hashes.map(({ sha256 }) => sha256)).size).toBe(hashes.length);
  });

  it('differ in every segment for another key', () => {
    const other = canaryHashes(SPEC, new Uint8Array(32).fill(8));
    canaryHashes(SPEC, SECRET).forEach(({ sha256 }, s) => expect(other[s].sha256).not.toBe(sha256));
  });

  it('differ in the segment that another spec or another order of bits changes, and there alone', () => {
    const changed = parseEncodingSpec({
      ...SPEC, segments: SPEC.segments.map((segment, s) => (s === 1 ? { ...segment, fill: 0.3 } : segment)),
    });
    const differing = (hashes: typeof own): boolean[] =>
      hashes.map(({ sha256 }, s) => sha256 !== own[s].sha256);
    const own = canaryHashes(SPEC, SECRET);
    const second = SPEC.segments.map((_, s) => s === 1);
    expect(differing(canaryHashes(changed, SECRET))).toEqual(second);
    const encoder = createEncoder(SPEC, SECRET);
    const backwards = canaryHashes(SPEC, SECRET, {
      roles: encoder.roles, recordBytes: encoder.recordBytes,
      encode: (values, out, offset) => {
        encoder.encode(values, out, offset);
        out.subarray(offset, offset + SPEC.segments[0].bits / 8).reverse();
      },
    });
    expect(differing(backwards)).toEqual(SPEC.segments.map((_, s) => s === 0));
  });

  it('leave out a segment whose filters are noisy', () => {
    const noisy = parseEncodingSpec({
      ...SPEC, segments: SPEC.segments.map((segment, s) => (s === 0
        ? { ...segment, hardening: [{ type: 'blip', f: 0.05 }] } : segment)),
    });
    expect(canaryHashes(noisy, SECRET).map(({ segment }) => segment))
      .toEqual(SPEC.segments.slice(1).map(({ name }) => name));
  });
});
