import {
  checkpointOf, eventsOf, EXAMPLE_LOG_KEY, EXAMPLE_WITNESS_KEY, exportedLog, LAWFUL_SKETCHES, storedLeaves,
  verifySignature, type EventSketch,
} from '../../../test/support/example-audit-log.js';
import { verifyBundle, type BundleReport } from './bundle-verification.js';
import { leafHash } from './merkle-hash.js';
import { formatNote } from './signed-note.js';
import { formatVerifierKey, NOTE_SIGNATURE, verifierKey } from './verifier-key.js';

const leaves = storedLeaves(eventsOf(LAWFUL_SKETCHES));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
const codes = (report: BundleReport): string[] => report.findings.map(
  ({ code, leaf }) => (leaf === undefined ? code : `${code} ${leaf}`));

describe('an exported log', () => {
  test('that was not touched is verified, by its own key or a pinned one', async () => {
    const file = await exportedLog(leaves);
    const own = await verifyBundle(file, verifySignature);
    expect(own).toMatchObject({ ok: true, authentic: true, keySource: 'file', size: 6, findings: [] });
    expect(own.origin).toBe('log.example/audit');
    const pinned = await verifyBundle(file, verifySignature, { key: EXAMPLE_LOG_KEY });
    expect(pinned).toEqual({ ...own, keySource: 'pinned' });
  });

  test('has the form that its description states', async () => {
    const lines = text(await exportedLog(leaves)).split('\n');
    expect(lines[0]).toBe(`{"format":"vinculum-audit-log","origin":"log.example/audit","version":1,"vkey":"${
      formatVerifierKey(EXAMPLE_LOG_KEY)}","witnesses":["${formatVerifierKey(EXAMPLE_WITNESS_KEY)}"]}`);
    expect(lines[1]).toBe(`${Buffer.from(leaves[0].leafHash).toString('base64')} ${leaves[0].canonicalEvent}`);
    expect(lines.slice(7).join('\n')).toBe(`checkpoint\n${formatNote(checkpointOf(leaves))}`);
  });

  test('without leaves is verified', async () => {
    expect(await verifyBundle(await exportedLog([]), verifySignature)).toMatchObject({ ok: true, size: 0 });
  });

  test('names the event that was altered, where its hash still stands', async () => {
    const altered = [...leaves];
    altered[3] = { ...leaves[3], canonicalEvent: leaves[3].canonicalEvent.replace('board-1', 'board-9') };
    const report = await verifyBundle(await exportedLog(altered, checkpointOf(leaves)), verifySignature);
    expect(codes(report)).toContain('EVENT_ALTERED 3');
    expect(report.authentic).toBe(false);
  });

  test('names the leaf whose stored hash was altered', async () => {
    const altered = [...leaves];
    altered[2] = { ...leaves[2], leafHash: leafHash(bytes('another')) };
    const report = await verifyBundle(await exportedLog(altered, checkpointOf(leaves)), verifySignature);
    expect(codes(report)).toEqual(['LEAF_HASH_ALTERED 2']);
    expect(report.findings[0].line).toBe(4);
  });

  test('shows by its root that an event was exchanged together with its hash', async () => {
    const exchanged = storedLeaves(eventsOf(LAWFUL_SKETCHES.map(
      (sketch, i) => (i === 4 ? { ...sketch, actor: 'account:board-3' } : sketch))));
    const report = await verifyBundle(await exportedLog(exchanged, checkpointOf(leaves)), verifySignature);
    expect(codes(report)).toEqual(['ROOT_DIFFERS']);
  });

  test('of another key is refused by whoever knows the key', async () => {
    const other = verifierKey('log.example/audit', NOTE_SIGNATURE, new Uint8Array(32).fill(9));
    const report = await verifyBundle(await exportedLog(leaves), verifySignature, { key: other });
    expect(codes(report)).toEqual(['KEY_DIFFERS', 'SIGNATURE_ABSENT', 'SIGNATURE_UNKNOWN']);
  });

  test('with leaves behind its checkpoint, or fewer, is refused', async () => {
    const longer = await exportedLog(leaves, checkpointOf(leaves.slice(0, 5)));
    expect(codes(await verifyBundle(longer, verifySignature))).toEqual(['SIZE_DIFFERS']);
    const shorter = await exportedLog(leaves.slice(0, 5), checkpointOf(leaves));
    expect(codes(await verifyBundle(shorter, verifySignature))).toEqual(['SIZE_DIFFERS']);
  });

  test('with a signature that no named key made, or without a named witness, is refused', async () => {
    const file = text(await exportedLog(leaves));
    const witness = formatVerifierKey(EXAMPLE_WITNESS_KEY);
    const unnamed = await verifyBundle(bytes(file.replace(`"${witness}"`, '')), verifySignature);
    expect(codes(unnamed)).toEqual(['SIGNATURE_UNKNOWN']);
    const unsigned = await verifyBundle(bytes(file.replace(/\u2014 witness.*\n/u, '')), verifySignature);
    expect(codes(unsigned)).toEqual(['SIGNATURE_ABSENT']);
  });

  test('must begin with the log of a kept checkpoint: not rewritten, not shortened', async () => {
    const kept = [0, 1, 4, 6].map((size) => checkpointOf(leaves.slice(0, size)));
    const whole = await exportedLog(leaves);
    expect(await verifyBundle(whole, verifySignature, { keptCheckpoints: kept })).toMatchObject({ ok: true });
    const rewritten = storedLeaves(eventsOf(LAWFUL_SKETCHES.map(
      (sketch, i) => (i === 2 ? { ...sketch, actor: 'account:statistician-2' } : sketch))));
    const expectations = { keptCheckpoints: kept };
    const report = await verifyBundle(await exportedLog(rewritten), verifySignature, expectations);
    expect(codes(report)).toEqual(['KEPT_CHECKPOINT_DIFFERS', 'KEPT_CHECKPOINT_DIFFERS']);
    const shortened = await exportedLog(leaves.slice(0, 3));
    expect(codes(await verifyBundle(shortened, verifySignature, { keptCheckpoints: [kept[2]] })))
      .toEqual(['KEPT_CHECKPOINT_DIFFERS']);
  });

  test('is not compared with a kept checkpoint that its key did not sign', async () => {
    const forged = { ...checkpointOf(leaves), signatures: checkpointOf([]).signatures };
    const expectations = { keptCheckpoints: [forged] };
    const report = await verifyBundle(await exportedLog(leaves), verifySignature, expectations);
    expect(codes(report)).toEqual(['KEPT_CHECKPOINT_UNSIGNED']);
  });

  test('counts leaves as they are read', async () => {
    const counts: number[] = [];
    const onLeaf = (count: number): void => { counts.push(count); };
    await verifyBundle(await exportedLog(leaves), verifySignature, { onLeaf });
    expect(counts).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('of which every leaf was altered gives a bounded report with the whole count', async () => {
    const many = storedLeaves(eventsOf(Array.from({ length: 700 }, () => LAWFUL_SKETCHES[0])));
    const altered = many.map((leaf) => ({ ...leaf, canonicalEvent: `${leaf.canonicalEvent} ` }));
    const report = await verifyBundle(await exportedLog(altered, checkpointOf(many)), verifySignature);
    expect(report).toMatchObject({ findingsTotal: 700, authentic: false, size: 700 });
    expect(report.findings).toHaveLength(500);
  });

  test('with an overlong line is refused without keeping the line', async () => {
    const file = text(await exportedLog(leaves)).replace('\n', `\n${'A'.repeat(200_000)}\n`);
    expect(codes(await verifyBundle(bytes(file), verifySignature))).toContain('LEAF_UNREADABLE 0');
  });
});

describe('an authentic log that tells of broken rules', () => {
  const [, submit, , first, second, release] = LAWFUL_SKETCHES;
  const rules: [string, readonly EventSketch[], string[]][] = [
    ['self-approval', [submit, { ...first, actor: submit.actor }], ['SELF_APPROVAL 1']],
    ['a second approval by one person', [submit, first, first], ['REPEATED_APPROVAL 2']],
    ['an approval that nobody asked for', [first], ['APPROVAL_WITHOUT_REQUEST 0']],
    ['a release after one approval', [submit, first, release], ['RELEASE_WITHOUT_TWO_APPROVALS 2']],
    ['a release after two approvals, one by the requester',
      [submit, first, { ...second, actor: submit.actor }, release],
      ['SELF_APPROVAL 2', 'RELEASE_WITHOUT_TWO_APPROVALS 3']],
    ['a release after approvals that lapsed', [submit, first, second, submit, release],
      ['RELEASE_WITHOUT_TWO_APPROVALS 4']],
    ['a release after a rejection', [submit, first, second, { ...first, action: 'cohort.reject' }, release],
      ['RELEASE_WITHOUT_TWO_APPROVALS 4']],
    ['a release that names no approval and has none', [submit, first, second, { ...release, approvals: [] }],
      ['RELEASE_WITHOUT_TWO_APPROVALS 3']],
    ['a gap in the sequence', [submit, { ...first, seq: 2 }, { ...second, seq: 3 }], ['SEQUENCE_GAP 1']],
    ['a clock that runs backwards', [submit, { ...first, at: '2024-01-15T07:59:59.999Z' }],
      ['CLOCK_BACKWARDS 1']],
    ['nothing, when what broke a rule was refused',
      [submit, { ...first, actor: submit.actor, outcome: 'refused' }, first, { ...first, outcome: 'refused' },
        { ...release, outcome: 'refused' }, second, release], []],
    ['nothing, when an object is released on its own approvals',
      [submit, first, second, { ...release, object: 'cohort:1', approvals: [] }], []],
  ];

  test.each(rules)('%s', async (_, sketches, expected) => {
    const report = await verifyBundle(await exportedLog(storedLeaves(eventsOf(sketches))), verifySignature);
    expect(codes(report)).toEqual(expected);
    expect(report).toMatchObject({ authentic: true, ok: expected.length === 0 });
  });

  test('an event that is no event is named, whoever signed it', async () => {
    const odd = ['{"v":1}', '{ "v": 1 }', 'no JSON', ''].map((canonicalEvent) =>
      ({ canonicalEvent, leafHash: leafHash(bytes(canonicalEvent)) }));
    const report = await verifyBundle(await exportedLog([...odd, ...leaves]), verifySignature);
    expect(codes(report).slice(0, 4)).toEqual([0, 1, 2, 3].map((leaf) => `EVENT_INVALID ${leaf}`));
    expect(report.authentic).toBe(true);
  });
});
