import { createHash } from 'node:crypto';
import { chance, extractOf, randomFilter } from '../../../test/support/encoded-extracts.js';
import { TEST_LINKAGE_SPEC as SPEC } from '../../../test/support/linkage-spec.js';
import type { LinkageSpec } from './linkage-spec.js';
import type { PreviousEntities } from './previous-entities.js';
import { linkageManifest, type LinkageManifest, type Sha256 } from './run-manifest.js';

const sha256: Sha256 = (parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};
const random = chance(1);
const filters = Array.from({ length: 3 }, () => randomFilter(64, 0.3, random));
const extracts = [
  extractOf('a', 'unique', { name: filters }), extractOf('b', 'many', { name: filters.slice(1) })];
const entityOf = [Uint32Array.of(0, 1, 2), Uint32Array.of(1, 258)];

function manifest(given = extracts, spec = SPEC, entities = entityOf): LinkageManifest {
  return linkageManifest(
    given, spec, { entityOf: entities, kernel: 'wasm', models: [] }, { engine: 'vinculum 1.2.3', sha256 });
}

describe('run manifest', () => {
  it('names program, spec, inputs and links', () => {
    const hex = /^[0-9a-f]{64}$/;
    expect(manifest()).toEqual({
      kind: 'vinculum-linkage-manifest', version: 1, engine: 'vinculum 1.2.3',
      specHash: expect.stringMatching(hex),
      inputs: [
        { registerId: 'a', cardinality: 'unique', records: 3, segments: [
          { name: 'name', bits: 64, sha256: sha256(filters) }] },
        { registerId: 'b', cardinality: 'many', records: 2, segments: [
          { name: 'name', bits: 64, sha256: sha256(filters.slice(1)) }] },
      ],
      kernel: 'wasm',
      linksDigest: sha256([Uint8Array.from([0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0, 0])]),
    });
  });

  it('changes with any bit of a filter, any number of the spec and any link', () => {
    const last = filters[2].map((byte, b) => (b === 7 ? byte ^ 1 : byte));
    const turned = [filters[0], filters[1], last];
    const other = manifest([extractOf('a', 'unique', { name: turned }), extracts[1]]);
    expect(other.inputs[0]).not.toEqual(manifest().inputs[0]);
    expect(other.inputs[1]).toEqual(manifest().inputs[1]);
    expect(manifest(extracts, { ...SPEC, seed: 2 }).specHash).not.toBe(manifest().specHash);
    const otherLinks = manifest(extracts, SPEC, [entityOf[0], Uint32Array.of(1, 2)]);
    expect(otherLinks.linksDigest).not.toBe(manifest().linksDigest);
  });

  it('names the round before by all that it says', () => {
    const previous: PreviousEntities = {
      sizes: Uint32Array.of(1, 2, 1), settled: [true, false], entityOf,
      probability: [Float64Array.of(1, 0.5, 1), Float64Array.of(0.5, 0)],
    };
    const digest = (change: Partial<PreviousEntities>): string | undefined => linkageManifest(
      extracts, SPEC, { entityOf, kernel: 'wasm', models: [] }, { engine: 'vinculum 1.2.3', sha256 }, { ...previous, ...change }).previous;
    const digests = [
      digest({}), digest({ sizes: Uint32Array.of(1, 2, 2) }), digest({ settled: [true, true] }),
      digest({ entityOf: [entityOf[0], Uint32Array.of(1, 2)] }),
      digest({ probability: [previous.probability[0], Float64Array.of(0.5, 0.25)] })];
    expect(new Set(digests).size).toBe(5);
    expect(digest({})).toMatch(/^[0-9a-f]{64}$/);
    expect(manifest()).not.toHaveProperty('previous');
  });

  it('does not depend on the order of the members of a spec', () => {
    const turned = Object.fromEntries(Object.entries(SPEC).reverse()) as unknown as LinkageSpec;
    expect(manifest(extracts, turned)).toEqual(manifest());
  });
});
