import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A text that two processes with the same number at different times do not share: number and start time.
 * `undefined` when no such process runs.
 */
export function processIdentity(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') return linuxIdentity(pid);
  const listed = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const started = listed.stdout?.trim();
  return started ? `${pid} ${started}` : undefined;
}

/** Command line of a process, arguments separated by spaces; empty when it is gone or hidden. */
export function processCommand(pid: number): string {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Field 22 of /proc/PID/stat is the start time in ticks since boot; a zombie (state Z) counts as gone. */
function linuxIdentity(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${pid} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
