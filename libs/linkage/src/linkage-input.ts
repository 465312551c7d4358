import { BLOCK_KEY_BITS, filterSegments, VinculumError, type EncodedExtract } from '#libs/record';
import { MOST_UNIQUE_REGISTERS } from '#libs/cluster';
import { MAX_SEGMENTS } from '#libs/compare';

/**
 * Refuses extracts that cannot be linked with each other, before any work is done.
 *
 * @throws VinculumError `LINKAGE_INPUT_INVALID` for fewer than two extracts, an empty one, two of one
 *   register, other segments than those of the first, block keys before filters or of another length, more
 *   than 10 segments of filters, more than 30 registers that are unique per person, or filters of another
 *   length than records and bits ask for.
 */
export function assertLinkable(extracts: readonly EncodedExtract[]): void {
  if (extracts.length < 2) refuse(`linkage needs at least two extracts, got ${extracts.length}`);
  const segments = filterSegments(extracts[0].segments).length;
  if (segments < 1 || segments > MAX_SEGMENTS) {
    refuse(`linkage compares 1 to ${MAX_SEGMENTS} segments, got ${segments}: encode with fewer`);
  }
  for (const extract of extracts) assertWhole(extract, extracts[0]);
  const ids = new Set(extracts.map(({ registerId }) => registerId));
  if (ids.size !== extracts.length) refuse('two extracts are of the same register: give each its own id');
  const unique = extracts.filter(({ cardinality }) => cardinality === 'unique').length;
  if (unique > MOST_UNIQUE_REGISTERS) {
    refuse(`at most ${MOST_UNIQUE_REGISTERS} registers unique per person can be linked at once, got ${unique}: `
      + 'link fewer, or take those with few records as ones of many');
  }
}

function assertWhole(extract: EncodedExtract, first: EncodedExtract): void {
  const { registerId, records, segments, cardinality } = extract;
  if (records === 0) refuse(`the extract of ${registerId} holds no record`);
  if (!Number.isSafeInteger(records) || records < 1) {
    refuse(`the extract of ${registerId} must have a whole number of records`);
  }
  if (cardinality !== 'unique' && cardinality !== 'many') {
    refuse(`the extract of ${registerId} must be unique per person or of many records`);
  }
  if (shape(extract) !== shape(first)) {
    refuse(`the extract of ${registerId} has the segments ${shape(extract)}, `
      + `the first one has ${shape(first)}: encode both with the same spec`);
  }
  const blocksFirst = filterSegments(segments).some(({ name }, s) => name !== segments[s].name);
  if (blocksFirst || segments.some(({ bits, block }) => block && bits !== BLOCK_KEY_BITS)) {
    refuse(`the block keys of ${registerId} must have ${BLOCK_KEY_BITS} bits each and come after all filters`);
  }
  for (const { name, bits, filters } of segments) {
    const bytes = (records * bits) / 8;
    if (bits > 0 && bits % 8 === 0 && filters.length === bytes) continue;
    refuse(`the segment ${name} of ${registerId} has ${filters.length} bytes; `
      + `${records} records of ${bits} bits, a multiple of 8, are ${bytes}`);
  }
}

function shape(extract: EncodedExtract): string {
  return extract.segments.map(({ name, bits, block }) => `${name}:${bits}${block ? ' block keys' : ''}`).join(',');
}

function refuse(message: string): never {
  throw new VinculumError('LINKAGE_INPUT_INVALID', message);
}
