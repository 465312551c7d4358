// `npm run test:properties -- --seed S --runs N`: the specs that hold properties, with new examples.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { seed: { type: 'string' }, runs: { type: 'string', default: '300' } } });
const seed = values.seed ?? String(randomInt(2 ** 31));
console.log(`seed ${seed}, ${values.runs} examples where a property does not set their number`);
const found = spawnSync('grep', ['-rl', 'fc.assert', 'libs', 'src', 'test', '--include=*.spec.ts'], { encoding: 'utf8' });
const { status } = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', ...found.stdout.trim().split('\n')], {
  stdio: 'inherit', env: { ...process.env, PROPERTY_SEED: seed, PROPERTY_RUNS: values.runs },
});
console.log(`seed ${seed}: ${status === 0 ? 'every property held' : 'a property failed'}`);
process.exitCode = status === 0 ? 0 : 1;
