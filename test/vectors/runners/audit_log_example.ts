import { createHash } from 'node:crypto';
import {
  checkSignature, consistencyProof, cosignNote, formatCheckpoint, formatNote, formatTlogProof,
  formatVerifierKey, formatWitnessRequest, Frontier, inclusionProof, leafHash, merkleRoot, parseCheckpoint,
  parseNote, parseTlogProof, parseVerifierKey, parseWitnessRequest, signCheckpoint, subtreeRootOf,
  verifyConsistency, verifyInclusion, verifyTlogProof, type SignedNote, type VerifierKey,
} from '#libs/audit';
import { canonicalJson, type JsonValue } from '#libs/record';
import { ed25519PublicKey, ed25519Sign, ed25519Verify } from '../../../src/platform/keys/ed25519.js';
import { Tally } from '../vector-runner.js';

/** A log of a few events with everything that can be derived from it. Seeds as its `note` states them. */
interface ExampleLog {
  origin: string; log_vkey: string; witness_vkey: string;
  events: JsonValue[]; canonical_leaves: string[]; leaf_hashes_hex: string[]; roots_hex: string[];
  inclusion: { index: number; size: number; proof_b64: string[] }[];
  consistency: { size1: number; size2: number; proof_b64: string[] }[];
  checkpoint_5: string; checkpoint_7_cosigned: string;
  tlog_proof_event3: string; add_checkpoint_request: string;
}

/** Leaves, roots, proofs, signatures and files: made again here and compared text for text. */
export function run(content: string): Tally {
  const log = JSON.parse(content) as ExampleLog;
  const tally = new Tally();
  const hashes = log.canonical_leaves.map((leaf) => leafHash(utf8(leaf)));
  checkLeaves(tally, log, hashes);
  checkProofs(tally, log, hashes);
  checkSignatures(tally, log, hashes);
  checkFiles(tally, log, hashes);
  return tally;
}

function checkLeaves(tally: Tally, log: ExampleLog, hashes: Uint8Array[]): void {
  const frontier = new Frontier();
  tally.equal('number of leaves', log.canonical_leaves.length, log.events.length);
  tally.equal('number of roots', log.roots_hex.length, log.events.length + 1);
  tally.equal('root of no leaves', hex(frontier.root()), log.roots_hex[0]);
  log.events.forEach((event, i) => {
    tally.equal(`canonical leaf ${i}`, canonicalJson(event), log.canonical_leaves[i]);
    tally.equal(`leaf hash ${i}`, hex(hashes[i]), log.leaf_hashes_hex[i]);
    frontier.append(hashes[i]);
    tally.equal(`root of ${i + 1}, frontier`, hex(frontier.root()), log.roots_hex[i + 1]);
    tally.equal(`root of ${i + 1}, reference`, hex(merkleRoot(hashes.slice(0, i + 1))), log.roots_hex[i + 1]);
  });
}

function checkProofs(tally: Tally, log: ExampleLog, hashes: Uint8Array[]): void {
  const subtreeRoot = subtreeRootOf(hashes);
  for (const { index, size, proof_b64 } of log.inclusion) {
    const proof = inclusionProof(index, size, subtreeRoot);
    tally.equal(`inclusion proof ${index} of ${size}`, proof.map(base64), proof_b64);
    tally.holds(`inclusion ${index} of ${size} verifies`, verifyInclusion({
      index, size, leafHash: hashes[index], proof: proof_b64.map(fromBase64), rootHash: root(log, size),
    }));
  }
  for (const { size1, size2, proof_b64 } of log.consistency) {
    const proof = consistencyProof(size1, size2, subtreeRoot);
    tally.equal(`consistency proof ${size1} to ${size2}`, proof.map(base64), proof_b64);
    tally.holds(`consistency ${size1} to ${size2} verifies`, verifyConsistency({
      size1, size2, proof: proof_b64.map(fromBase64),
      rootHash1: root(log, size1), rootHash2: root(log, size2),
    }));
  }
}

function checkSignatures(tally: Tally, log: ExampleLog, hashes: Uint8Array[]): void {
  const [logKey, witnessKey] = [log.log_vkey, log.witness_vkey].map(parseVerifierKey);
  tally.equal('log key text', formatVerifierKey(logKey), log.log_vkey);
  tally.equal('witness key text', formatVerifierKey(witnessKey), log.witness_vkey);
  for (const [phrase, key] of [['log seed', logKey], ['witness seed', witnessKey]] as const) {
    tally.equal(`public key of the ${phrase}`, hex(ed25519PublicKey(seed(phrase))), hex(key.publicKey));
  }
  tally.equal('checkpoint of 5', formatNote(signed(log, logKey, hashes.slice(0, 5))), log.checkpoint_5);
  const cosigned = parseNote(log.checkpoint_7_cosigned);
  tally.equal('checkpoint of 7 read and written', formatNote(cosigned), log.checkpoint_7_cosigned);
  const checkpoint = parseCheckpoint(cosigned.text);
  tally.equal('checkpoint text read and written', formatCheckpoint(checkpoint), cosigned.text);
  tally.equal('root in the checkpoint', hex(checkpoint.rootHash), log.roots_hex[checkpoint.size]);
  tally.equal('log signature', checkSignature(cosigned, logKey, ed25519Verify).status, 'valid');
  const seen = checkSignature(cosigned, witnessKey, ed25519Verify);
  tally.equal('witness signature', seen.status, 'valid');
  if (seen.status !== 'valid' || seen.time === undefined) return;
  const again = cosignNote(signed(log, logKey, hashes), witnessKey, seen.time,
    (message) => ed25519Sign(seed('witness seed'), message));
  tally.equal('cosigned checkpoint of 7', formatNote(again), log.checkpoint_7_cosigned);
}

function checkFiles(tally: Tally, log: ExampleLog, hashes: Uint8Array[]): void {
  const logKey = parseVerifierKey(log.log_vkey);
  const proof = parseTlogProof(log.tlog_proof_event3);
  tally.equal('tlog-proof read and written', formatTlogProof(proof), log.tlog_proof_event3);
  const entry = utf8(log.canonical_leaves[proof.index]);
  const vouched = verifyTlogProof(proof, entry, logKey, ed25519Verify);
  tally.equal('size that the tlog-proof vouches for', vouched?.size, log.events.length);
  const request = parseWitnessRequest(log.add_checkpoint_request);
  tally.equal('witness request read and written', formatWitnessRequest(request), log.add_checkpoint_request);
  const wanted = consistencyProof(request.oldSize, hashes.length, subtreeRootOf(hashes));
  tally.equal('proof in the witness request', request.proof.map(base64), wanted.map(base64));
}

function signed(log: ExampleLog, key: VerifierKey, hashes: Uint8Array[]): SignedNote {
  return signCheckpoint({ origin: log.origin, size: hashes.length, rootHash: merkleRoot(hashes) }, key,
    (message) => ed25519Sign(seed('log seed'), message));
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const root = (log: ExampleLog, size: number): Uint8Array => fromHex(log.roots_hex[size]);
const seed = (phrase: string): Uint8Array => new Uint8Array(createHash('sha256').update(phrase).digest());
