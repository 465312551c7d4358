import {
  checkpointOf, eventsOf, EXAMPLE_LOG_KEY as KEY, LAWFUL_SKETCHES, storedLeaves, verifySignature,
} from '../../../test/support/example-audit-log.js';
import { inclusionProof, inclusionRanges, subtreeRootOf } from './merkle-tree.js';
import { formatReceipt, verifyReceipt } from './receipt.js';
import { NOTE_SIGNATURE, verifierKey } from './verifier-key.js';

const events = eventsOf(LAWFUL_SKETCHES);
const leaves = storedLeaves(events);

function receiptOf(index: number, event = leaves[index].canonicalEvent): string {
  const note = checkpointOf(leaves);
  const checkpoint = { ...note, signatures: note.signatures.slice(0, 1) };
  const proof = inclusionProof(index, leaves.length, subtreeRootOf(leaves.map(({ leafHash }) => leafHash)));
  return formatReceipt(event, { index, proof, checkpoint });
}

describe('a receipt', () => {
  test.each(leaves.map((_, index) => index))('proves event %d by itself', (index) => {
    const report = verifyReceipt(receiptOf(index), KEY, verifySignature);
    expect(report).toMatchObject({ ok: true, event: events[index], checkpoint: { size: leaves.length } });
  });

  test('proves nothing with any one bit changed', () => {
    const text = receiptOf(3);
    const bytes = Buffer.from(text);
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] ^= 1 << (bit & 7);
      expect(verifyReceipt(changed.toString('utf8'), KEY, verifySignature)).toMatchObject({ ok: false });
    }
  });

  test('proves nothing under another key, for another event, without an event, or with more behind it', () => {
    const stranger = verifierKey(KEY.name, NOTE_SIGNATURE, new Uint8Array(32));
    expect(verifyReceipt(receiptOf(2), stranger, verifySignature)).toMatchObject({ ok: false });
    for (const text of [
      receiptOf(2, leaves[3].canonicalEvent), receiptOf(2).replace(/^extra .*\n/m, ''), `${receiptOf(2)}\n`, '',
    ]) expect(verifyReceipt(text, KEY, verifySignature)).toMatchObject({ ok: false });
    const twice = receiptOf(2) + receiptOf(2).split('\n').at(-2) + '\n';
    expect(verifyReceipt(twice, KEY, verifySignature)).toMatchObject({ ok: false });
  });
});

test('the ranges of a proof are all leaves but the proved one, each once', () => {
  for (let size = 1; size <= 40; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const covered = inclusionRanges(index, size)
        .flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));
      expect([...covered, index].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
    }
  }
});
