import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../platform/settings/policy-document.js';

/** The part of a leaf that the demo talks about. */
export interface LoggedEvent {
  readonly seq: number;
  readonly actor: string;
  readonly role: string;
  readonly action: string;
  readonly object: string;
  readonly outcome: string;
  readonly details?: { readonly reason?: string };
}

/** The events of an exported log, in order. A leaf's line is its hash, a space and the event. */
export function loggedEvents(file: string): LoggedEvent[] {
  return readFileSync(file, 'utf8').split('\n')
    .filter((line) => /^[A-Za-z0-9+/=]{44} \{/.test(line))
    .map((line) => JSON.parse(line.slice(45)) as LoggedEvent);
}

/** What `vinculum audit verify` says, run as anybody would. */
export function verifyLog(
  file: string, key: string,
): { readonly verified: boolean; readonly verdict: string } {
  const program = join(packageRoot(), 'dist', 'src', 'cli.js');
  const run = spawnSync(
    process.execPath, [program, 'audit', 'verify', file, '--key', key.trim()], { encoding: 'utf8' });
  return { verified: run.status === 0, verdict: run.stdout.trim().split('\n').slice(-2).join(' | ') };
}

/** A copy with one byte changed, in the middle of the leaf's event. */
export function alterLeaf(file: string, copy: string, leaf: number): void {
  const bytes = readFileSync(file);
  const text = bytes.toString('latin1');
  const at = text.indexOf(`"seq":${leaf},`);
  if (at < 0) throw new Error(`leaf ${leaf} is not in ${file}`);
  // A letter of the action's name, a few bytes before: still printable, still JSON.
  bytes[text.lastIndexOf('"outcome":"', at) + '"outcome":"'.length] ^= 0x01;
  writeFileSync(copy, bytes);
}
