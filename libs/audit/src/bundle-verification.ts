import { parseEvent } from './audit-event.js';
import { fromBase64 } from './base64.js';
import { byteLines, strictUtf8, type ByteLine } from './byte-lines.js';
import { ConductReview } from './conduct.js';
import { CheckpointReview, type KeptCheckpoint } from './checkpoint-review.js';
import { parseExportHeader, type ExportHeader } from './export-header.js';
import { CHECKPOINT_MARK } from './export-writer.js';
import { FindingList, type Finding } from './finding.js';
import { Frontier } from './frontier.js';
import { equalBytes, HASH_BYTES, leafHash } from './merkle-hash.js';
import type { SignedNote } from './signed-note.js';
import { sameKey, type VerifierKey, type VerifySignature } from './verifier-key.js';

/** What the verifier may know beside the file. */
export interface BundleExpectations {
  /** The log's key, from a source that the operator of the log cannot change. Else the file's own is used. */
  readonly key?: VerifierKey;
  /** Checkpoints kept from earlier: the log must still begin with the logs that they stand for. */
  readonly keptCheckpoints?: readonly SignedNote[];
  /** Called after every leaf with the number read so far. */
  readonly onLeaf?: (leaves: number) => void;
}

/** What an exported log proved to be. */
export interface BundleReport {
  /** No finding at all. */
  readonly ok: boolean;
  /** The file is what the key signed; false as soon as there is one integrity finding. */
  readonly authentic: boolean;
  /** `pinned`: checked against the key that the caller gave; `file`: only consistent with itself. */
  readonly keySource: 'pinned' | 'file';
  readonly origin: string | undefined;
  /** Leaves read. */
  readonly size: number;
  /** Root over the leaves' events as they are in the file. */
  readonly rootHash: Uint8Array;
  /** In the order of the file; at most `MAX_FINDINGS` of each kind. */
  readonly findings: readonly Finding[];
  readonly findingsTotal: number;
}

/** An event's limit, its hash and slack: a longer line is no leaf. */
const MAX_LINE_BYTES = 65_536;
const HASH_CHARACTERS = 44;

const ROOT_DIFFERS: Finding = {
  code: 'ROOT_DIFFERS',
  message: 'The leaves are not those that the checkpoint was signed for: some were altered together with their '
    + 'hashes, swapped or exchanged. Compare with an earlier export to find them.',
};

/**
 * Re-checks an exported log from its bytes alone: every leaf hash, the root, the signed checkpoint and its
 * cosignatures, the order of the events and the rules on approvals. One pass, bounded memory, any input.
 *
 * @param bundle the file, whole or in chunks of any size
 * @returns findings; it never throws on account of the file's content
 */
export async function verifyBundle(
  bundle: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  verifySignature: VerifySignature,
  expectations: BundleExpectations = {},
): Promise<BundleReport> {
  const chunks = bundle instanceof Uint8Array ? [bundle] : bundle;
  return verifyLines(byteLines(chunks, MAX_LINE_BYTES), verifySignature, expectations);
}

/** `verifyBundle` for lines that were split already. */
export async function verifyLines(
  lines: AsyncIterable<ByteLine>, verifySignature: VerifySignature, expectations: BundleExpectations = {},
): Promise<BundleReport> {
  const reading = new BundleReading(expectations, verifySignature);
  for await (const line of lines) reading.take(line);
  return reading.finish();
}

/** The state of one pass over a file: header, then leaves, then the checkpoint. */
class BundleReading {
  private part: 'header' | 'leaves' | 'checkpoint' = 'header';
  private header: ExportHeader | undefined;
  private readonly findings = new FindingList();
  private readonly conduct = new ConductReview();
  /** Over the events as they are in the file. */
  private readonly events = new Frontier();
  /** Over the leaf hashes as they are in the file; the same object until the first difference. */
  private hashes = this.events;
  private readonly differing: { leaf: number; line: number }[] = [];
  private readable = true;
  private readonly kept: KeptCheckpoint[];
  private readonly checkpoint: CheckpointReview;

  constructor(private readonly expectations: BundleExpectations, verifySignature: VerifySignature) {
    this.checkpoint = new CheckpointReview(verifySignature, this.findings);
    this.kept = (expectations.keptCheckpoints ?? []).map((note) => this.checkpoint.readKept(note));
    this.compareKept();
  }

  take(line: ByteLine): void {
    if (this.part === 'header') this.takeHeader(line);
    else if (this.part === 'checkpoint') this.checkpoint.takeLine(line);
    else if (isMark(line)) {
      this.part = 'checkpoint';
      this.checkpoint.startsAt(line.number + 1);
    } else this.takeLeaf(line);
  }

  finish(): BundleReport {
    const key = this.expectations.key ?? this.header?.key;
    const [events, hashes] = [this.events.root(), this.hashes.root()];
    const size = this.events.size;
    const signed = this.checkpoint.finish(key, this.header?.witnesses ?? [], size);
    if (signed !== undefined && this.readable && signed.size === size) {
      const [eventsHold, hashesHold] = [events, hashes].map((root) => equalBytes(root, signed.rootHash));
      this.nameAlteredLeaves(eventsHold, hashesHold);
      if (!eventsHold && !hashesHold && this.differing.length === 0) this.findings.add(ROOT_DIFFERS);
    } else {
      this.nameAlteredLeaves(false, false);
    }
    this.checkpoint.finishKept(this.kept, key, size);
    const findings = this.findings.sorted();
    return {
      ok: this.findings.total === 0,
      authentic: !this.findings.hasIntegrity,
      keySource: this.expectations.key === undefined ? 'file' : 'pinned',
      origin: key?.name,
      size,
      rootHash: events,
      findings,
      findingsTotal: this.findings.total,
    };
  }

  private takeHeader(line: ByteLine): void {
    this.part = 'leaves';
    try {
      this.header = parseExportHeader(strictUtf8(line.bytes) ?? '');
    } catch (error) {
      this.findings.add({ code: 'HEADER_UNREADABLE', line: line.number, message: messageOf(error) });
      return;
    }
    const { key } = this.expectations;
    if (key === undefined || sameKey(key, this.header.key)) return;
    this.findings.add({ code: 'KEY_DIFFERS', line: line.number,
      message: 'The file names another key than the one that was given to check it with.' });
  }

  private takeLeaf(line: ByteLine): void {
    const leaf = this.events.size;
    const stored = storedHash(line);
    if (stored === undefined) {
      this.readable = false;
      this.findings.add({ code: 'LEAF_UNREADABLE', leaf, line: line.number,
        message: 'The line is no base64 leaf hash, space and event.' });
    }
    const entry = line.bytes.subarray(HASH_CHARACTERS + 1);
    const computed = leafHash(entry);
    this.append(computed, stored ?? computed);
    const intact = stored !== undefined && equalBytes(computed, stored);
    if (intact) this.reviewEvent(entry, leaf, line.number);
    else this.conduct.skip();
    if (stored !== undefined && !intact) this.differing.push({ leaf, line: line.number });
    this.compareKept();
    this.expectations.onLeaf?.(leaf + 1);
  }

  private append(computed: Uint8Array, stored: Uint8Array): void {
    if (this.hashes === this.events && !equalBytes(computed, stored)) this.hashes = this.events.fork();
    this.events.append(computed);
    if (this.hashes !== this.events) this.hashes.append(stored);
  }

  private reviewEvent(entry: Uint8Array, leaf: number, line: number): void {
    try {
      const event = parseEvent(strictUtf8(entry) ?? '');
      this.findings.add(...this.conduct.review(event, leaf));
    } catch (error) {
      this.conduct.skip();
      this.findings.add({ code: 'EVENT_INVALID', leaf, line, message: messageOf(error) });
    }
  }

  private compareKept(): void {
    for (const kept of this.kept) {
      if (kept.size !== this.events.size) continue;
      kept.agrees = [this.events, this.hashes].some((tree) => equalBytes(kept.rootHash, tree.root()));
    }
  }

  /** Where event and leaf hash differ, the signed root tells which of the two is the original. */
  private nameAlteredLeaves(eventsHold: boolean, hashesHold: boolean): void {
    const code = eventsHold ? 'LEAF_HASH_ALTERED' : hashesHold ? 'EVENT_ALTERED' : 'LEAF_ALTERED';
    const part = {
      EVENT_ALTERED: 'event', LEAF_HASH_ALTERED: 'leaf hash', LEAF_ALTERED: 'event or leaf hash',
    };
    for (const { leaf, line } of this.differing) {
      this.findings.add({ code, leaf, line, message: `Its ${part[code]} was altered.` });
    }
  }
}

function isMark(line: ByteLine): boolean {
  return line.terminated && strictUtf8(line.bytes) === CHECKPOINT_MARK;
}

function storedHash(line: ByteLine): Uint8Array | undefined {
  const text = strictUtf8(line.bytes.subarray(0, HASH_CHARACTERS + 1));
  if (text?.[HASH_CHARACTERS] !== ' ' || line.overlong || !line.terminated) return undefined;
  const hash = fromBase64(text.slice(0, HASH_CHARACTERS));
  return hash?.length === HASH_BYTES ? hash : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unreadable';
}
