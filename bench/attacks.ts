// How many people can be named from encodings alone, by an attacker who holds a plaintext population that
// overlaps the encoded one, knows the spec and has no key.
//
//   npm run bench:attacks -- [--people 10000] [--overlap 1.0,.5,.2] [--profiles unhardened,default]
//                            [--attacks frequency,pattern,equality,graph] [--seed 1] [--json]
//
// Profiles: unhardened, default, default-t20, default-blocks, separate-t20, one-filter-t10, ..., or the path
// of an encoding spec (bench/attacks/attacked-profiles.ts). An overlap of 0 is the control: other people,
// truth by lot.
// The figures are the same on every machine, apart from the time.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { attack, ATTACKS, gatherEvidence, type AttackName } from './attacks/attack.js';
import { attackedProfile, type AttackedProfile } from './attacks/attacked-profiles.js';
import { scenarioOf } from './attacks/victims.js';

interface Settings {
  readonly people: number;
  readonly overlaps: readonly number[];
  readonly profiles: readonly AttackedProfile[];
  readonly attacks: readonly AttackName[];
  readonly seed: number;
  readonly json: boolean;
}

interface Outcome {
  readonly profile: string;
  readonly attack: AttackName;
  readonly segments: string;
  readonly overlap: number;
  /** Names given that are right, all names given, and records of people whom the attacker knows. */
  readonly right: number;
  readonly named: number;
  readonly possible: number;
  /** Right over possible. */
  readonly share: number;
  readonly cpuSeconds: number;
}

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      people: { type: 'string', default: '10000' }, overlap: { type: 'string', default: '1.0,.5,.2' },
      profiles: { type: 'string', default: 'unhardened,default' },
      attacks: { type: 'string', default: ATTACKS.join(',') },
      seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false },
    },
  });
  const [people, seed] = [values.people, values.seed].map(Number);
  const overlaps = values.overlap.split(',').map(Number);
  if (!Number.isSafeInteger(people) || people < 100 || !Number.isSafeInteger(seed) || seed < 0) {
    throw new Error('--people, --seed: expected whole numbers, people from 100');
  }
  if (!overlaps.every((overlap) => overlap >= 0 && overlap <= 1)) {
    throw new Error('--overlap: expected shares from 0 to 1');
  }
  const attacks = ATTACKS.filter((name) => values.attacks.split(',').includes(name));
  if (attacks.length !== values.attacks.split(',').length) {
    throw new Error(`--attacks: expected some of ${ATTACKS.join(', ')}`);
  }
  return {
    people, overlaps, profiles: values.profiles.split(',').map(attackedProfile), attacks, seed, json: values.json,
  };
}

function* outcomesOf({ people, overlaps, profiles, attacks, seed }: Settings): Generator<Outcome> {
  for (const overlap of overlaps) {
    const scenario = scenarioOf(people, overlap, seed);
    for (const profile of profiles) {
      const evidence = gatherEvidence(profile, scenario);
      for (const name of attacks) {
        const before = process.cpuUsage();
        const { segments, right, named, possible } = attack(name, evidence);
        const { user, system } = process.cpuUsage(before);
        yield {
          profile: profile.name, attack: name, segments, overlap, right, named, possible,
          share: right / possible, cpuSeconds: Math.round((user + system) / 1e5) / 10,
        };
      }
    }
  }
}

function main(): void {
  const settings = readSettings();
  const machine = `${cpus()[0].model}, ${cpus().length} cores, node ${process.version}`;
  console.log(`${machine}; ${settings.people} encoded and as many known records, seed ${settings.seed}\n`);
  console.log('| encoding | attack | segments | overlap | right / named / possible | re-identified | CPU s |');
  console.log('|---|---|---|---|---|---|---|');
  const outcomes: Outcome[] = [];
  for (const outcome of outcomesOf(settings)) {
    outcomes.push(outcome);
    const { profile, attack: name, segments, overlap, right, named, possible, share, cpuSeconds } = outcome;
    const counts = `${right} / ${named} / ${possible}`;
    console.log(`| ${profile} | ${name} | ${segments} | ${overlap} | ${counts} | ${(100 * share).toFixed(2)} % | ${cpuSeconds} |`);
  }
  const { people, seed } = settings;
  if (settings.json) console.log(JSON.stringify({ machine, people, seed, outcomes }));
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
