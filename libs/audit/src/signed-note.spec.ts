import fc from 'fast-check';
import {
  checkpointOf, EXAMPLE_LOG_KEY, EXAMPLE_WITNESS_KEY, eventsOf, LAWFUL_SKETCHES, storedLeaves,
  verifySignature,
} from '../../../test/support/example-audit-log.js';
import { fromBase64, toBase64 } from './base64.js';
import { formatCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.js';
import { inclusionProof, subtreeRootOf } from './merkle-tree.js';
import { checkSignature, cosignNote, formatNote, parseNote, signNote } from './signed-note.js';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof.js';
import { formatVerifierKey, NOTE_SIGNATURE, parseVerifierKey, verifierKey } from './verifier-key.js';
import { formatWitnessRequest, parseWitnessRequest } from './witness-request.js';

const leaves = storedLeaves(eventsOf(LAWFUL_SKETCHES));
const note = checkpointOf(leaves);
const invalid = (code: string): Error => expect.objectContaining({ code });

describe('a verifier key', () => {
  // The public example of the signed-note specification.
  const example = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';

  test('is read and written as the specification has it', () => {
    const key = parseVerifierKey(example);
    expect(key).toMatchObject({ name: 'example.com/foo', type: 1 });
    expect(formatVerifierKey(key)).toBe(example);
  });

  test.each([
    ['no key at all', ''], ['two parts', 'example.com/foo+530d903a'],
    ['another key id', example.replace('530d903a', '530d903b')],
    ['another name', example.replace('foo', 'fop')],
    ['an unknown type', `example.com/foo+530d903a+${Buffer.alloc(33, 6).toString('base64')}`],
    ['a short key', `example.com/foo+530d903a+${Buffer.alloc(32, 1).toString('base64')}`],
    ['stray bits', example.replace(/k$/, 'l')], ['white space', `${example} `],
  ])('is refused with %s', (_, text) => {
    expect(() => parseVerifierKey(text)).toThrow(invalid('AUDIT_KEY_INVALID'));
  });

  test.each(['', 'a b', 'a+b', 'a\nb', 'a\u00a0b'])('cannot be named %j', (name) => {
    expect(() => verifierKey(name, NOTE_SIGNATURE, new Uint8Array(32))).toThrow(invalid('AUDIT_KEY_INVALID'));
  });
});

describe('a signed note', () => {
  test('is given back by its text', () => {
    expect(formatNote(parseNote(formatNote(note)))).toBe(formatNote(note));
  });

  test('is valid for its keys, with the time of the cosignature', () => {
    expect(checkSignature(note, EXAMPLE_LOG_KEY, verifySignature)).toEqual({ status: 'valid' });
    expect(checkSignature(note, EXAMPLE_WITNESS_KEY, verifySignature))
      .toEqual({ status: 'valid', time: 1_705_305_600 });
  });

  test('is wrong for both keys with another text, and absent for another key', () => {
    const other = { ...note, text: note.text.replace('6', '7') };
    expect(checkSignature(other, EXAMPLE_LOG_KEY, verifySignature)).toEqual({ status: 'wrong' });
    expect(checkSignature(other, EXAMPLE_WITNESS_KEY, verifySignature)).toEqual({ status: 'wrong' });
    const stranger = verifierKey(EXAMPLE_LOG_KEY.name, NOTE_SIGNATURE, new Uint8Array(32));
    expect(checkSignature(note, stranger, verifySignature)).toEqual({ status: 'absent' });
  });

  test('is wrong with another time, a shortened signature, or a second wrong line of the same key', () => {
    const [log, witness] = note.signatures;
    const later = witness.signature.slice();
    later[7] ^= 1;
    const late = { ...note, signatures: [log, { ...witness, signature: later }] };
    expect(checkSignature(late, EXAMPLE_WITNESS_KEY, verifySignature)).toEqual({ status: 'wrong' });
    const cut = { ...note, signatures: [{ ...log, signature: log.signature.slice(1) }] };
    expect(checkSignature(cut, EXAMPLE_LOG_KEY, verifySignature)).toEqual({ status: 'wrong' });
    const doubled = { ...note, signatures: [log, { ...log, signature: new Uint8Array(64) }] };
    expect(checkSignature(doubled, EXAMPLE_LOG_KEY, verifySignature)).toEqual({ status: 'wrong' });
  });

  test('is signed only by a key of the right type', () => {
    const sign = (): Uint8Array => new Uint8Array(64);
    expect(() => signNote(note, EXAMPLE_WITNESS_KEY, sign)).toThrow(invalid('AUDIT_KEY_INVALID'));
    expect(() => cosignNote(note, EXAMPLE_LOG_KEY, 1, sign)).toThrow(invalid('AUDIT_KEY_INVALID'));
    expect(() => cosignNote(note, EXAMPLE_WITNESS_KEY, 0.5, sign)).toThrow(RangeError);
    const checkpoint = { ...parseCheckpoint(note.text), origin: 'another.example/log' };
    expect(() => signCheckpoint(checkpoint, EXAMPLE_LOG_KEY, sign)).toThrow(invalid('AUDIT_KEY_INVALID'));
  });

  test.each([
    ['nothing', ''], ['no empty line', 'text\n'], ['no signature', 'text\n\n'], ['no text', '\n\n\u2014 a AAAAAAA=\n'],
    ['a hyphen for the dash', 'text\n\n- a AAAAAAA=\n'], ['no newline at the end', 'text\n\n\u2014 a AAAAAAA='],
    ['a carriage return', 'text\r\n\n\u2014 a AAAAAAA=\n'], ['only a key id', 'text\n\n\u2014 a AAAAAA==\n'],
    ['a name with a plus', 'text\n\n\u2014 a+b AAAAAAA=\n'],
    ['too many signatures', `text\n\n${'\u2014 a AAAAAAA=\n'.repeat(101)}`],
  ])('is refused with %s', (_, text) => {
    expect(() => parseNote(text)).toThrow(invalid('AUDIT_NOTE_INVALID'));
  });
});

describe('a checkpoint', () => {
  test.each([
    'o\n1\n', `o\n01\n${'A'.repeat(43)}=\n`, `o\n-1\n${'A'.repeat(43)}=\n`, `\n1\n${'A'.repeat(43)}=\n`,
    `o\n9999999999999999\n${'A'.repeat(43)}=\n`, 'o\n1\nAAAA\n', `o\n1\n${'A'.repeat(43)}=\nextension\n`,
  ])('is refused as %j', (text) => {
    expect(() => parseCheckpoint(text)).toThrow(invalid('AUDIT_CHECKPOINT_INVALID'));
  });

  test('is given back by its text', () => {
    expect(formatCheckpoint(parseCheckpoint(note.text))).toBe(note.text);
  });
});

describe('a proof of one leaf', () => {
  const entryOf = (i: number): Uint8Array => new TextEncoder().encode(leaves[i].canonicalEvent);
  const proof = { index: 3, checkpoint: note,
    proof: inclusionProof(3, leaves.length, subtreeRootOf(leaves.map((leaf) => leaf.leafHash))) };

  test('vouches for its leaf and for no other', () => {
    const read = parseTlogProof(formatTlogProof(proof));
    expect(verifyTlogProof(read, entryOf(3), EXAMPLE_LOG_KEY, verifySignature)?.size).toBe(6);
    expect(verifyTlogProof(read, entryOf(2), EXAMPLE_LOG_KEY, verifySignature)).toBeUndefined();
    const moved = { ...read, index: 2 };
    expect(verifyTlogProof(moved, entryOf(3), EXAMPLE_LOG_KEY, verifySignature)).toBeUndefined();
    const unsigned = { ...read, checkpoint: { ...note, signatures: note.signatures.slice(1) } };
    expect(verifyTlogProof(unsigned, entryOf(3), EXAMPLE_LOG_KEY, verifySignature)).toBeUndefined();
  });

  test('keeps the bytes that an application adds', () => {
    const extra = new Uint8Array([1, 2, 3]);
    expect(parseTlogProof(formatTlogProof({ ...proof, extra })).extra).toEqual(extra);
  });

  test.each(['', 'c2sp.org/tlog-proof@v2\nindex 0\n\n', 'c2sp.org/tlog-proof@v1\nindex x\n\n',
    'c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n', 'c2sp.org/tlog-proof@v1\nindex 0\n!\n\n'])(
    'is refused as %j', (text) => {
      expect(() => parseTlogProof(text)).toThrow(invalid('AUDIT_PROOF_INVALID'));
    });
});

describe('a request to a witness', () => {
  test('is given back by its text, without a proof for a log that is new to it', () => {
    const request = { oldSize: 0, proof: [], checkpoint: note };
    expect(parseWitnessRequest(formatWitnessRequest(request))).toEqual(request);
  });

  test.each(['', 'old x\n\n', 'old 1\nAAAA\n\n', `old 1\n${`${'A'.repeat(43)}=\n`.repeat(64)}\n`])(
    'is refused as %j', (text) => {
      expect(() => parseWitnessRequest(text)).toThrow(invalid('AUDIT_WITNESS_REQUEST_INVALID'));
    });
});

describe('base64', () => {
  test('is what Node writes, and comes back', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }));
  });

  test('of any text is the one text of its bytes, or refused', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
      const bytes = fromBase64(text);
      if (bytes !== undefined) expect(Buffer.from(bytes).toString('base64')).toBe(text);
    }));
    for (const text of ['A', 'AA', 'AA=', 'AB==', 'A===', '=', '====', 'AA==AAAA', 'AAA-', 'AAAA\n']) {
      expect(fromBase64(text)).toBeUndefined();
    }
  });
});
