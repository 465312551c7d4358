import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { Command, type CommanderError } from 'commander';
import {
  isIntegrityFinding, parseCheckpoint, parseNote, parseVerifierKey, NOTE_SIGNATURE, verifyBundle,
  verifyReceipt, type BundleExpectations, type BundleReport, type Finding, type ReceiptReport,
  type SignedNote, type VerifierKey,
} from '#libs/audit';
import { VinculumError } from '#libs/record';
import { ed25519Verify } from '../platform/keys/ed25519.js';

interface VerifyOptions {
  readonly key?: string;
  readonly keyFile?: string;
  readonly checkpoint: readonly string[];
  readonly json?: boolean;
  readonly receipt?: string;
}

const VERIFIED = 0;
const ALTERED = 1;
const BAD_USAGE = 2;

/** Leaves between two lines of progress: about a second of work. */
const PROGRESS_EVERY = 100_000;

/** `vinculum audit`: what an auditor does with an exported log, offline. */
export function auditCommand(): Command {
  const audit = new Command('audit')
    .description('check an exported audit log, offline')
    .exitOverride(exitOnUsage);
  const verify = new Command('verify')
    .description('re-check every leaf, the root, the signed checkpoint and the approvals of an exported log; '
      + 'or the proof of one event')
    .argument('[file]', 'exported log (audit-log.vinculum)')
    .option('--receipt <path>', 'instead of a log: a receipt, which proves one event (that an extract was destroyed)')
    .option('--key <vkey>', 'the log\'s key line, from a source that the operator of the log cannot change')
    .option('--key-file <path>', 'a file that holds the key line')
    .option('--checkpoint <path>', 'a signed checkpoint kept from earlier: the log must still begin with it '
      + '(may be repeated)', (path: string, paths: string[]) => [...paths, path], [])
    .option('--json', 'print one JSON line last on stdout')
    .addHelpText('after', '\nExit codes: 0 verified, 1 altered or rules broken (names the leaf), 2 bad usage.')
    .exitOverride(exitOnUsage)
    .action(async (file: string | undefined, options: VerifyOptions) => {
      process.exitCode = await verifyGiven(file, options);
    });
  return audit.addCommand(verify);
}

/** Help and the like end well; every other refusal of commander's is a usage error. */
function exitOnUsage(error: CommanderError): never {
  process.exit(error.exitCode === 0 ? VERIFIED : BAD_USAGE);
}

/** Exit code of `vinculum audit verify`; what is to be read goes to stdout, or to stderr beside `--json`. */
async function verifyGiven(file: string | undefined, options: VerifyOptions): Promise<number> {
  const say = (text: string): void => {
    (options.json ? process.stderr : process.stdout).write(`${text}\n`);
  };
  try {
    if (options.receipt !== undefined) return verifyReceiptFile(file, options.receipt, options, say);
    if (file === undefined) throw new VinculumError('AUDIT_USAGE', 'Name an exported log, or give --receipt.');
    const expectations = readExpectations(file, options);
    const report = await verifyBundle(createReadStream(file), ed25519Verify, expectations);
    for (const line of prose(report, file)) say(line);
    if (options.json) process.stdout.write(`${JSON.stringify(summary(report))}\n`);
    return report.ok ? VERIFIED : ALTERED;
  } catch (error) {
    const { code, message } = refusal(error);
    process.stderr.write(`${message}\n`);
    if (options.json) process.stdout.write(`${JSON.stringify({ ok: false, code, message })}\n`);
    return BAD_USAGE;
  }
}

/** A receipt proves nothing without a key from elsewhere: it carries none. */
function verifyReceiptFile(
  file: string | undefined, receipt: string, options: VerifyOptions, say: (text: string) => void,
): number {
  const key = givenKey(options);
  if (file !== undefined || options.checkpoint.length > 0 || key === undefined) {
    throw new VinculumError('AUDIT_USAGE',
      'A receipt is verified by itself, with --key or --key-file: the key line of the log, from elsewhere.');
  }
  const report = verifyReceipt(readText(receipt), key, ed25519Verify);
  if (report.ok) {
    say(`${receipt}: event ${report.event.seq} of ${report.checkpoint.origin}, ${report.event.at}`);
    say(`  ${report.event.action} ${report.event.object}: ${report.event.outcome}`);
    if (report.event.details !== undefined) say(`  ${JSON.stringify(report.event.details)}`);
    say(`VERIFIED: the log of ${report.checkpoint.size} events that the key signed holds this event.`);
  } else {
    say(`NOT VERIFIED: ${report.reason}`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(receiptSummary(report))}\n`);
  return report.ok ? VERIFIED : ALTERED;
}

function receiptSummary(report: ReceiptReport): object {
  return report.ok ? { ok: true, event: report.event, size: report.checkpoint.size } : report;
}

function readExpectations(file: string, options: VerifyOptions): BundleExpectations {
  expectFile(file);
  const key = givenKey(options);
  return {
    ...(key === undefined ? {} : { key }),
    keptCheckpoints: options.checkpoint.map(readCheckpoint),
    onLeaf: (leaves) => {
      if (leaves % PROGRESS_EVERY === 0) process.stderr.write(`${leaves} leaves checked\n`);
    },
  };
}

function givenKey(options: VerifyOptions): VerifierKey | undefined {
  if (options.key !== undefined && options.keyFile !== undefined) {
    throw new VinculumError('AUDIT_USAGE', 'Give --key or --key-file, not both.');
  }
  const keyText = options.keyFile === undefined ? options.key : readText(options.keyFile);
  return keyText === undefined ? undefined : logKey(keyText.trim());
}

function logKey(text: string): VerifierKey {
  const key = parseVerifierKey(text);
  if (key.type === NOTE_SIGNATURE) return key;
  throw new VinculumError('AUDIT_KEY_INVALID',
    'The key is a witness\'s; the key of the log (type 1) was expected.');
}

function readCheckpoint(path: string): SignedNote {
  const note = parseNote(readText(path));
  parseCheckpoint(note.text);
  return note;
}

function readText(path: string): string {
  expectFile(path);
  return readFileSync(path, 'utf8');
}

function expectFile(path: string): void {
  if (existsSync(path) && statSync(path).isFile()) return;
  throw new VinculumError('AUDIT_FILE_MISSING', `There is no file ${path}. Check the path.`);
}

function refusal(error: unknown): { code: string; message: string } {
  if (error instanceof VinculumError) return error;
  // What Node says when a file cannot be read; it names the path and nothing of the content.
  return { code: 'AUDIT_FILE_UNREADABLE', message: error instanceof Error ? error.message : String(error) };
}

function prose(report: BundleReport, file: string): string[] {
  const lines = [
    `${file}: ${report.size} leaves, root ${rootText(report)}`,
    `log: ${report.origin ?? 'unknown'}`,
  ];
  if (report.keySource === 'file') {
    lines.push('WARNING: no --key was given, so the file was checked against the key that it carries itself.',
      '         That proves that it is consistent, not who wrote it. Get the key line from elsewhere.');
  }
  for (const finding of report.findings) lines.push(`  ${describe(finding)}`);
  if (report.findingsTotal > report.findings.length) {
    lines.push(`  ... ${report.findingsTotal - report.findings.length} more findings`);
  }
  lines.push(verdict(report));
  return lines;
}

function describe(finding: Finding): string {
  const place = finding.leaf !== undefined ? `leaf ${finding.leaf}`
    : finding.line !== undefined ? `line ${finding.line}` : 'log';
  return `${place}: ${finding.code}: ${finding.message}`;
}

function verdict(report: BundleReport): string {
  if (report.ok) return 'VERIFIED: every leaf is as it was signed, and no rule was broken.';
  if (report.authentic) return 'NOT VERIFIED: the log is as it was signed, and rules were broken (see above).';
  const first = report.findings.find((finding) => isIntegrityFinding(finding) && finding.leaf !== undefined);
  const where = first === undefined ? '' : ` at leaf ${first.leaf}`;
  return `NOT VERIFIED: the file is not what was signed${where}.`;
}

/** Shape of the JSON line. `rootHash` in base64, as in the checkpoint. */
function summary(report: BundleReport): object {
  return { ...report, rootHash: rootText(report) };
}

function rootText(report: BundleReport): string {
  return Buffer.from(report.rootHash).toString('base64');
}
