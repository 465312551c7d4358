import { readdirSync, readFileSync } from 'node:fs';
import { postmasterFile } from '../src/demo/service-process.js';

/** Of Linux on every machine that Node runs on. */
const TICKS_A_SECOND = 100;
/** Fields of /proc/PID/stat after the name (proc_pid_stat(5)): state is the first of them. */
const [PARENT, USER, SYSTEM, REAPED_USER, REAPED_SYSTEM] = [1, 11, 12, 13, 14];

/**
 * Seconds of the processor that this process, the service and its PostgreSQL have used so far, all together.
 * On a machine with other work to do they say more than the clock does.
 */
export function cpuSeconds(service: { readonly pid: number | undefined; readonly home: string }): number {
  const { user, system } = process.cpuUsage();
  const postmaster = Number(readFileSync(postmasterFile(service.home), 'utf8').split('\n', 1)[0]);
  const backends = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    .map((pid) => ticksOf(Number(pid))).filter(({ parent }) => parent === postmaster);
  const others = [ticksOf(service.pid ?? 0), ticksOf(postmaster), ...backends];
  return (user + system) / 1e6 + others.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_A_SECOND;
}

/** Milliseconds by the wall's clock, or of the processor: of all threads of this process. */
export function clockNamed(name: string | undefined): () => number {
  if (name !== 'processor') return () => performance.now();
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
}

/** Of a process and of its children that have ended; of one that is no more, nothing. */
function ticksOf(pid: number): { parent: number; ticks: number } {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return { parent: 0, ticks: 0 };
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
  return {
    parent: fields[PARENT],
    ticks: fields[USER] + fields[SYSTEM] + fields[REAPED_USER] + fields[REAPED_SYSTEM],
  };
}
