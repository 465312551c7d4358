import { VinculumError } from '#libs/record';
import { parseEvent, type AuditEvent } from './audit-event.js';
import type { Checkpoint } from './checkpoint.js';
import { formatTlogProof, parseTlogProof, verifyTlogProof, type TlogProof } from './tlog-proof.js';
import type { VerifierKey, VerifySignature } from './verifier-key.js';

/** What a receipt proves, or why it does not. */
export type ReceiptReport =
  | { readonly ok: true; readonly event: AuditEvent; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly reason: string };

/**
 * A receipt proves one event of the log offline: a C2SP tlog-proof whose `extra` line carries the canonical
 * event itself. Nothing else is needed to verify it but the log's key.
 *
 * @param canonicalEvent the leaf's text.
 */
export function formatReceipt(canonicalEvent: string, proof: Omit<TlogProof, 'extra'>): string {
  return formatTlogProof({ ...proof, extra: new TextEncoder().encode(canonicalEvent) });
}

/**
 * Whether the event stands in the log of `key` at the place that it names itself. Any text gives a report;
 * the text must be the one way to write the receipt, so that no changed byte passes.
 */
export function verifyReceipt(
  text: string, key: VerifierKey, verifySignature: VerifySignature,
): ReceiptReport {
  try {
    const proof = parseTlogProof(text);
    const { extra, ...bare } = proof;
    if (extra === undefined) return refused('it carries no event');
    const leaf = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(extra);
    const event = parseEvent(leaf);
    if (formatReceipt(leaf, bare) !== text) return refused('it is not written as receipts are');
    if (proof.checkpoint.signatures.length !== 1) return refused('it carries other signatures than the log\'s');
    if (event.seq !== proof.index) return refused('the event is of another place in the log');
    const checkpoint = verifyTlogProof(proof, extra, key, verifySignature);
    return checkpoint ? { ok: true, event, checkpoint }
      : refused('the event is not in the log that the key signs');
  } catch (error) {
    return refused(error instanceof VinculumError ? error.message : 'it is not UTF-8');
  }
}

function refused(reason: string): ReceiptReport {
  return { ok: false, reason };
}
