import fc from 'fast-check';
import {
  checkpointOf, eventsOf, EXAMPLE_LOG_KEY, exportedLog, LAWFUL_SKETCHES, storedLeaves,
  verifySignature,
} from '../../../test/support/example-audit-log.js';
import { verifyBundle } from './bundle-verification.js';

const leaves = storedLeaves(eventsOf(LAWFUL_SKETCHES));

/** Offsets at which each line of a file begins. */
function lineStarts(file: Uint8Array): number[] {
  return [0, ...[...file].flatMap((byte, i) => (byte === 0x0a ? [i + 1] : []))];
}

describe('a changed byte', () => {
  test.each([
    ['one bit flipped', (byte: number, at: number): number => byte ^ (1 << (at % 8))],
    ['a newline in its place', (byte: number): number => (byte === 0x0a ? 0x20 : 0x0a)],
  ])('at any place is found, and in a leaf names the leaf: %s', async (_, change) => {
    const file = await exportedLog(leaves);
    const starts = lineStarts(file);
    expect((await verifyBundle(file, verifySignature)).ok).toBe(true);
    for (let at = 0; at < file.length; at += 1) {
      const changed = file.slice();
      changed[at] = change(changed[at], at);
      const report = await verifyBundle(changed, verifySignature);
      expect({ at, authentic: report.authentic, ok: report.ok }).toEqual({ at, authentic: false, ok: false });
      const leaf = starts.findLastIndex((start) => start <= at) - 1;
      if (leaf < 0 || leaf >= leaves.length) continue;
      const named = report.findings.find((finding) => finding.leaf !== undefined);
      expect({ at, first: named?.leaf }).toEqual({ at, first: leaf });
    }
  });

  test('at any place of the header and the checkpoint, also with the key pinned', async () => {
    const file = await exportedLog(leaves);
    const starts = lineStarts(file);
    for (let at = 0; at < file.length; at += 1) {
      if (at >= starts[1] && at < starts[leaves.length + 1]) continue;
      const changed = file.slice();
      changed[at] ^= 0x02;
      const report = await verifyBundle(changed, verifySignature, { key: EXAMPLE_LOG_KEY });
      expect({ at, authentic: report.authentic }).toEqual({ at, authentic: false });
    }
  });
});

describe('a file cut, lengthened or made up', () => {
  test('every truncation is found', async () => {
    const file = await exportedLog(leaves);
    for (let length = 0; length < file.length; length += 1) {
      const report = await verifyBundle(file.slice(0, length), verifySignature);
      expect({ length, authentic: report.authentic }).toEqual({ length, authentic: false });
    }
  });

  test('bytes put in anywhere are found', async () => {
    const file = await exportedLog(leaves);
    const inserted = fc.uint8Array({ minLength: 1, maxLength: 80 });
    await fc.assert(fc.asyncProperty(fc.nat({ max: file.length }), inserted,
      async (at, bytes) => {
        const longer = new Uint8Array([...file.slice(0, at), ...bytes, ...file.slice(at)]);
        expect((await verifyBundle(longer, verifySignature)).authentic).toBe(false);
      }), { numRuns: 300 });
  });

  test('any bytes, in any chunks, give a report and never an error', async () => {
    const part = fc.constantFrom('checkpoint\n', '{"format":"vinculum-audit-log"}\n', '\n', '\n\n',
      '\u2014 a b\n', `${'A'.repeat(43)}= {}\n`, 'log.example/audit\n0\n');
    const anyText = fc.array(part).map((parts) => new TextEncoder().encode(parts.join('')));
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(fc.uint8Array(), anyText)), async (chunks) => {
      expect((await verifyBundle(chunks, verifySignature)).authentic).toBe(false);
    }), { numRuns: 500 });
  });

  test('the size of the chunks makes no difference', async () => {
    const file = await exportedLog(leaves);
    file[700] ^= 1;
    const whole = await verifyBundle(file, verifySignature);
    for (const size of [1, 7, 64, 1000]) {
      const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, i) =>
        file.slice(i * size, (i + 1) * size));
      expect(await verifyBundle(chunks, verifySignature)).toEqual(whole);
    }
  });

  test('two leaves swapped, one removed, one doubled: found whatever the checkpoint says', async () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 5]);
    await fc.assert(fc.asyncProperty(order, async (chosen) => {
      if (chosen.join() === '0,1,2,3,4,5') return;
      const file = await exportedLog(chosen.map((i) => leaves[i]), checkpointOf(leaves));
      expect((await verifyBundle(file, verifySignature)).authentic).toBe(false);
      const resigned = await exportedLog(chosen.map((i) => leaves[i]));
      const isPrefix = chosen.every((leaf, i) => leaf === i);
      expect((await verifyBundle(resigned, verifySignature)).ok).toBe(isPrefix);
    }));
  });
});
