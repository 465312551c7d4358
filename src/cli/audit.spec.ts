import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatNote, formatVerifierKey, NOTE_SIGNATURE, verifierKey } from '#libs/audit';
import {
  checkpointOf, eventsOf, EXAMPLE_LOG_KEY, EXAMPLE_WITNESS_KEY, exportedLog, LAWFUL_SKETCHES, storedLeaves,
} from '../../test/support/example-audit-log.js';

const root = join(__dirname, '..', '..');
const built = join(root, 'dist', 'src', 'cli', 'audit.js');
const folder = mkdtempSync(join(tmpdir(), 'vinculum-audit-'));
const leaves = storedLeaves(eventsOf(LAWFUL_SKETCHES));
const key = formatVerifierKey(EXAMPLE_LOG_KEY);

/** Runs the built command in a process of its own, as a user does. */
function audit(...words: string[]): SpawnSyncReturns<string> {
  if (!existsSync(built)) throw new Error('run "npm run build" first: this test runs the built command');
  const program = `require(${JSON.stringify(built)}).auditCommand().parseAsync(process.argv.slice(1), { from: 'user' })`;
  return spawnSync(process.execPath, ['-e', program, '--', ...words], { cwd: root, encoding: 'utf8' });
}

function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const lastLine = (text: string): Record<string, unknown> =>
  JSON.parse(text.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;

afterAll(() => rmSync(folder, { recursive: true }));

describe('vinculum audit verify', () => {
  let whole: string;
  beforeAll(async () => {
    whole = fileOf('audit-log.vinculum', await exportedLog(leaves));
  });

  test('exits 0 for an untouched log with the key pinned, by option or file', () => {
    const byOption = audit('verify', whole, '--key', key);
    expect(byOption).toMatchObject({ status: 0, stderr: '' });
    expect(byOption.stdout).toContain('6 leaves, root ');
    expect(byOption.stdout).toContain('VERIFIED: every leaf is as it was signed');
    expect(byOption.stdout).not.toContain('WARNING');
    expect(audit('verify', whole, '--key-file', fileOf('log.vkey', `${key}\n`)).stdout).toBe(byOption.stdout);
  });

  test('says loudly that without a key the file only agrees with itself', () => {
    const result = audit('verify', whole);
    expect(result.status).toBe(0);
    expect(result.stdout).toContain('WARNING: no --key was given');
  });

  test('exits 1 for one flipped byte and names the leaf', async () => {
    const file = await exportedLog(leaves);
    file[new TextDecoder('latin1').decode(file).indexOf('board-2') + 6] ^= 1;
    const result = audit('verify', fileOf('flipped.vinculum', file), '--key', key, '--json');
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('leaf 4: EVENT_ALTERED: Its event was altered.');
    expect(result.stderr).toContain('NOT VERIFIED: the file is not what was signed at leaf 4.');
    const report = lastLine(result.stdout);
    expect(report).toMatchObject({ ok: false, authentic: false, keySource: 'pinned', size: 6 });
    expect(report.findings).toContainEqual(expect.objectContaining({ code: 'EVENT_ALTERED', leaf: 4, line: 6 }));
  });

  test('exits 1 for an authentic log that tells of a broken rule', async () => {
    const lawless = storedLeaves(eventsOf([LAWFUL_SKETCHES[1], LAWFUL_SKETCHES[5]]));
    const result = audit('verify', fileOf('lawless.vinculum', await exportedLog(lawless)), '--key', key);
    expect(result.status).toBe(1);
    expect(result.stdout).toContain('leaf 1: RELEASE_WITHOUT_TWO_APPROVALS');
    expect(result.stdout).toContain('NOT VERIFIED: the log is as it was signed, and rules were broken');
  });

  test('exits 1 for a log of another key, a rewritten history, an empty file', async () => {
    const other = formatVerifierKey(
      verifierKey(EXAMPLE_LOG_KEY.name, NOTE_SIGNATURE, new Uint8Array(32).fill(5)));
    expect(audit('verify', whole, '--key', other).status).toBe(1);
    const kept = fileOf('kept.checkpoint', formatNote(checkpointOf(leaves.slice(0, 4))));
    expect(audit('verify', whole, '--checkpoint', kept).status).toBe(0);
    const rewritten = storedLeaves(eventsOf(LAWFUL_SKETCHES.map(
      (sketch, i) => (i === 2 ? { ...sketch, outcome: 'failed' as const } : sketch))));
    const file = fileOf('rewritten.vinculum', await exportedLog(rewritten));
    expect(audit('verify', file, '--key', key).status).toBe(0);
    const result = audit('verify', file, '--key', key, '--checkpoint', kept);
    expect(result.status).toBe(1);
    expect(result.stdout).toContain('history was rewritten');
    expect(audit('verify', fileOf('empty.vinculum', '')).status).toBe(1);
  });

  test('exits 2 for bad usage and missing files, and says what to do', () => {
    const missing = audit('verify', join(folder, 'absent'), '--json');
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain('There is no file');
    expect(lastLine(missing.stdout)).toMatchObject({ ok: false, code: 'AUDIT_FILE_MISSING' });
    expect(audit('verify', folder).status).toBe(2);
    expect(audit('verify').status).toBe(2);
    expect(audit('unknown').status).toBe(2);
    expect(audit('verify', whole, '--unknown').status).toBe(2);
    expect(audit('verify', whole, '--key', 'no key').stderr).toContain('Ask the operator of the log');
    expect(audit('verify', whole, '--key', 'no key').status).toBe(2);
    expect(audit('verify', whole, '--key', formatVerifierKey(EXAMPLE_WITNESS_KEY)).status).toBe(2);
    expect(audit('verify', whole, '--key', key, '--key-file', whole).status).toBe(2);
    expect(audit('verify', whole, '--checkpoint', whole).status).toBe(2);
  });

  test('explains itself', () => {
    const help = audit('verify', '--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('--key-file');
    expect(help.stdout).toContain('Exit codes: 0 verified');
  });
});
