import { strictUtf8, type ByteLine } from './byte-lines.js';
import { parseCheckpoint, type Checkpoint } from './checkpoint.js';
import type { Finding, FindingList } from './finding.js';
import { checkSignature, isSignedBy, parseNote, type SignedNote } from './signed-note.js';
import type { VerifierKey, VerifySignature } from './verifier-key.js';

/** A checkpoint that the verifier kept from earlier, and whether the log still begins with it. */
export interface KeptCheckpoint extends Checkpoint {
  readonly note: SignedNote;
  /** Unset until the log has as many leaves. */
  agrees?: boolean;
}

/** More than a hundred signature lines; beyond it there is no checkpoint. */
const MAX_NOTE_BYTES = 65_536;

/** The end of an exported log: gathers the signed checkpoint and checks it. */
export class CheckpointReview {
  private readonly lines: string[] = [];
  private firstLine: number | undefined;
  private bytes = 0;
  private readable = true;

  constructor(private readonly verifySignature: VerifySignature, private readonly findings: FindingList) {}

  startsAt(line: number): void {
    this.firstLine = line;
  }

  takeLine(line: ByteLine): void {
    this.bytes += line.bytes.length + 1;
    const text = strictUtf8(line.bytes);
    if (text === undefined || line.overlong || this.bytes > MAX_NOTE_BYTES) this.readable = false;
    else this.lines.push(line.terminated ? `${text}\n` : text);
  }

  /** The checkpoint when the log's key signed it for this origin; else undefined, and a finding says why. */
  finish(
    key: VerifierKey | undefined, witnesses: readonly VerifierKey[], size: number,
  ): Checkpoint | undefined {
    const read = this.read();
    if (read === undefined || key === undefined) return undefined;
    const { note, checkpoint } = read;
    if (checkpoint.origin !== key.name) {
      this.add('ORIGIN_DIFFERS', 'The checkpoint is of another log than the key.');
    }
    if (checkpoint.size !== size) {
      this.add('SIZE_DIFFERS', `The checkpoint is for ${checkpoint.size} leaves, the file has ${size}.`);
    }
    const signed = this.hasValidSignature(note, key, 'log');
    for (const witness of witnesses) this.hasValidSignature(note, witness, 'witness');
    this.findUnknownSignatures(note, [key, ...witnesses]);
    return signed && checkpoint.origin === key.name ? checkpoint : undefined;
  }

  /** @throws VinculumError when the note is no checkpoint: that is the caller's file, not the bundle. */
  readKept(note: SignedNote): KeptCheckpoint {
    return { ...parseCheckpoint(note.text), note };
  }

  finishKept(kept: readonly KeptCheckpoint[], key: VerifierKey | undefined, size: number): void {
    for (const checkpoint of kept) {
      const own = key !== undefined && checkpoint.origin === key.name
        && checkSignature(checkpoint.note, key, this.verifySignature).status === 'valid';
      if (!own) {
        this.findings.add({ code: 'KEPT_CHECKPOINT_UNSIGNED',
          message: `The kept checkpoint of ${checkpoint.size} leaves is not signed by this log's key.` });
      }
      if (checkpoint.size > size) {
        this.findings.add({ code: 'KEPT_CHECKPOINT_DIFFERS',
          message: `The log had ${checkpoint.size} leaves once and has ${size} now: leaves were removed.` });
      } else if (checkpoint.agrees !== true) {
        this.findings.add({ code: 'KEPT_CHECKPOINT_DIFFERS',
          message: `The first ${checkpoint.size} leaves are not those that the kept checkpoint stands for: `
            + 'history was rewritten.' });
      }
    }
  }

  private read(): { note: SignedNote; checkpoint: Checkpoint } | undefined {
    try {
      if (this.firstLine === undefined || !this.readable) throw new Error('the end of the file is no text');
      const note = parseNote(this.lines.join(''));
      return { note, checkpoint: parseCheckpoint(note.text) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : '';
      this.add('CHECKPOINT_UNREADABLE', `The signed checkpoint at the end is missing or unreadable. ${reason}`);
      return undefined;
    }
  }

  private hasValidSignature(note: SignedNote, key: VerifierKey, whose: 'log' | 'witness'): boolean {
    const { status } = checkSignature(note, key, this.verifySignature);
    if (status === 'absent') this.add('SIGNATURE_ABSENT', `The ${whose} ${key.name} did not sign the checkpoint.`);
    if (status === 'wrong') {
      this.add('SIGNATURE_WRONG', `The signature of the ${whose} ${key.name} does not belong to the checkpoint.`);
    }
    return status === 'valid';
  }

  private findUnknownSignatures(note: SignedNote, keys: readonly VerifierKey[]): void {
    const textLines = note.text.split('\n').length;
    note.signatures.forEach((signature, i) => {
      if (keys.some((key) => isSignedBy(signature, key))) return;
      this.findings.add({ code: 'SIGNATURE_UNKNOWN', line: (this.firstLine ?? 1) + textLines + i,
        message: 'A signature whose key the header does not name: it proves nothing and was not checked.' });
    });
  }

  private add(code: Finding['code'], message: string): void {
    this.findings.add({ code, message, ...(this.firstLine === undefined ? {} : { line: this.firstLine }) });
  }
}
