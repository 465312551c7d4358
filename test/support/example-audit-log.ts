import {
  canonicalEvent, checkSignature, COSIGNATURE, cosignNote, exportLines, Frontier, leafHash, NOTE_SIGNATURE,
  signCheckpoint, verifierKey, type AuditEvent, type SignedNote, type StoredLeaf, type VerifierKey,
  type VerifySignature,
} from '#libs/audit';
import { ed25519PublicKey, ed25519Sign, ed25519Verify } from '../../src/platform/keys/ed25519.js';

/* Logs to verify: fixed keys and times, so that a file is the same in every run. */

const LOG_SEED = new Uint8Array(32).fill(1);
const WITNESS_SEED = new Uint8Array(32).fill(2);

export const EXAMPLE_LOG_KEY: VerifierKey =
  verifierKey('log.example/audit', NOTE_SIGNATURE, ed25519PublicKey(LOG_SEED));
export const EXAMPLE_WITNESS_KEY: VerifierKey =
  verifierKey('witness.example/w1', COSIGNATURE, ed25519PublicKey(WITNESS_SEED));

/** The real thing: Node's Ed25519. */
export const verifySignature: VerifySignature = ed25519Verify;

/** What differs from event to event; the rest is filled in. */
export type EventSketch = Partial<AuditEvent> & Pick<AuditEvent, 'actor' | 'action' | 'object'>;

/** A cohort that is requested, approved by two people and released: a log without findings. */
export const LAWFUL_SKETCHES: readonly EventSketch[] = [
  { actor: 'account:custodian-1', role: 'custodian', action: 'extract.seal', object: 'extract:1' },
  { actor: 'account:statistician-1', role: 'statistician', action: 'cohort.submit', object: 'cohort:1' },
  { actor: 'account:statistician-1', role: 'statistician', action: 'cohort.approve', object: 'cohort:1',
    outcome: 'refused' },
  { actor: 'account:board-1', role: 'board', action: 'cohort.approve', object: 'cohort:1' },
  { actor: 'account:board-2', role: 'board', action: 'cohort.approve', object: 'cohort:1' },
  { actor: 'account:statistician-1', role: 'statistician', action: 'table.release', object: 'table:1',
    approvals: ['cohort:1'], purpose: 'dpv:ProvideOfficialStatistics', details: { cells: 40, suppressed: 3 } },
];

/** Events from sketches: numbered from 0, a second apart, accepted. */
export function eventsOf(sketches: readonly EventSketch[]): AuditEvent[] {
  return sketches.map((sketch, seq) => ({
    v: 1, seq, at: new Date(Date.UTC(2024, 0, 15, 8) + seq * 1000).toISOString(),
    role: 'board', outcome: 'accepted', ...sketch,
  }));
}

/** Leaves as a log stores them. */
export function storedLeaves(events: readonly AuditEvent[]): StoredLeaf[] {
  return events.map((event) => {
    const text = canonicalEvent(event);
    return { canonicalEvent: text, leafHash: leafHash(new TextEncoder().encode(text)) };
  });
}

/** The checkpoint that the log and its witness signed for these leaves. */
export function checkpointOf(leaves: readonly StoredLeaf[]): SignedNote {
  const frontier = new Frontier();
  for (const leaf of leaves) frontier.append(leaf.leafHash);
  const note = signCheckpoint(
    { origin: EXAMPLE_LOG_KEY.name, size: frontier.size, rootHash: frontier.root() }, EXAMPLE_LOG_KEY,
    (message) => ed25519Sign(LOG_SEED, message));
  const cosigned = cosignNote(note, EXAMPLE_WITNESS_KEY, 1_705_305_600,
    (message) => ed25519Sign(WITNESS_SEED, message));
  if (checkSignature(cosigned, EXAMPLE_LOG_KEY, ed25519Verify).status !== 'valid') {
    throw new Error('the example log is not signed by its key');
  }
  return cosigned;
}

/** The bytes of an exported log. */
export async function exportedLog(
  leaves: readonly StoredLeaf[], checkpoint: SignedNote = checkpointOf(leaves),
): Promise<Uint8Array> {
  const lines: string[] = [];
  const header = { key: EXAMPLE_LOG_KEY, witnesses: [EXAMPLE_WITNESS_KEY] };
  for await (const line of exportLines(header, leaves, checkpoint)) lines.push(line);
  return new TextEncoder().encode(lines.join(''));
}
