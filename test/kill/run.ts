// Kills client, service and PostgreSQL with SIGKILL at each part of an upload, starts them again, and looks
// at what the database holds: after every kill, and when the custodian has come back and finished.
//
//   npm run test:kill -- [--rounds 150] [--seed 1]
//
// An accepted extract has the SHA-256 of its source in every part; of any other there is nothing that counts,
// and what was acknowledged is there byte for byte. Every round plans one or two kills, from the seed; a
// table says where they happened.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TinyExtract } from '../support/tiny-extract.js';
import {
  isStatement, planRounds, STAGES, STATEMENTS, VICTIMS, type Kill, type Round, type Stage, type Victim,
} from './kill-plan.js';
import { Scene } from './scene.js';
import { StoredExtracts } from './stored-extracts.js';

const ACCEPTED = 0;
/** A killed client, a killed service twice, tokens that are no longer good: then it must have got through. */
const ATTEMPTS = 6;

interface Outcome {
  readonly faults: readonly string[];
  /** Kills that happened: one that is planned for a request that never comes does not. */
  readonly kills: readonly Kill[];
}

async function play(scene: Scene, stored: StoredExtracts, round: Round, number: number): Promise<Outcome> {
  const source = TinyExtract.create(round.records);
  const folder = join(scene.folder, `extract-${number}`);
  source.write(folder);
  const kills: Kill[] = [];
  const faults: string[] = [];
  for (const kill of round.kills) {
    if (await killedDuring(scene, kill, folder)) kills.push(kill);
    faults.push(...await stored.faultsOf(source, false));
  }
  if (round.resumes) faults.push(...await finish(scene, stored, source, folder));
  rmSync(folder, { recursive: true });
  return { faults, kills };
}

/** One attempt of the client with one kill; goes on until the client has ended and everything runs again. */
async function killedDuring(scene: Scene, kill: Kill, folder: string): Promise<boolean> {
  let recovered: Promise<void> | undefined;
  const pull = (): void => {
    scene.kill(kill.victim);
    recovered = scene.recover(kill.victim);
  };
  const disarm = isStatement(kill.stage) ? watched(scene, STATEMENTS[kill.stage], kill.delayMs, pull)
    : proxied(scene, kill, pull);
  await scene.submit(folder);
  await disarm();
  await recovered;
  return recovered !== undefined;
}

function proxied(scene: Scene, kill: Kill, pull: () => void): () => Promise<void> {
  scene.proxy.arm(kill, pull);
  return () => Promise.resolve(scene.proxy.disarm());
}

function watched(scene: Scene, statement: string, delayMs: number, pull: () => void): () => Promise<void> {
  const over = new AbortController();
  const watching = scene.watch.seen(statement, over.signal).then(async (seen) => {
    if (seen) await setTimeout(delayMs);
    // The client may be through by then, and nobody waits for the kill any more.
    if (seen && !over.signal.aborted) pull();
  });
  return () => {
    over.abort();
    return watching;
  };
}

async function finish(
  scene: Scene, stored: StoredExtracts, source: TinyExtract, folder: string,
): Promise<string[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await scene.submit(folder) === ACCEPTED) return stored.faultsOf(source, true);
  }
  return [`not accepted after ${ATTEMPTS} attempts`];
}

function numbersOf(values: { rounds: string; seed: string }): { rounds: number; seed: number } {
  const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
  if ([rounds, seed].every((value) => Number.isSafeInteger(value) && value >= 0) && rounds > 0) {
    return { rounds, seed };
  }
  throw new Error('--rounds: expected a whole number from 1; --seed: from 0');
}

/** Where kills happened: rows are stages, columns victims. */
function printTable(kills: readonly Kill[]): void {
  const count = (stage: Stage | undefined, victim: Victim | undefined): number => kills.filter((kill) =>
    (stage ?? kill.stage) === kill.stage && (victim ?? kill.victim) === kill.victim).length;
  const line = (name: string, cells: readonly (string | number)[]): string =>
    [name.padEnd(18), ...cells.map((cell) => String(cell).padStart(8))].join(' ');
  console.log(line('stage', [...VICTIMS, 'all']));
  for (const stage of [...STAGES, undefined]) {
    console.log(line(stage ?? 'all', [...VICTIMS, undefined].map((victim) => count(stage, victim))));
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '150' }, seed: { type: 'string', default: '1' } },
  });
  const { rounds, seed } = numbersOf(values);
  const scene = await Scene.open();
  const stored = new StoredExtracts(scene.home);
  const happened: Kill[] = [];
  let failed = 0;
  try {
    for (const [number, round] of planRounds(rounds, seed).entries()) {
      const { faults, kills } = await play(scene, stored, round, number);
      happened.push(...kills);
      if (faults.length > 0) failed++;
      const told = kills.map(({ victim, stage, moment }) => `${victim} ${moment} ${stage}`).join(', then ') || 'nobody';
      console.log(`${number + 1}/${rounds} killed ${told}: ${faults.length === 0 ? 'good' : faults.join('; ')}`);
    }
  } finally {
    await scene.close();
  }
  printTable(happened);
  console.log(`${happened.length} kills, seed ${seed}`);
  console.log(`${rounds - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(2);
});
