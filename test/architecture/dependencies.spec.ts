import { spawnSync } from 'node:child_process';
import {
  copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/*
 * The walls of .dependency-cruiser.cjs fall over in silence when a pattern is mistyped, so each is broken
 * here on purpose, in a small house of its own that has the real configuration.
 */

const root = join(__dirname, '..', '..');
const config = createRequire(__filename)(join(root, '.dependency-cruiser.cjs')) as
  { forbidden: { name: string }[] };
const house = realpathSync(mkdtempSync(join(tmpdir(), 'vinculum-walls-')));

/** A house in which every wall stands: what breaks one below is put beside it. */
const SOUND: Record<string, string> = {
  'libs/record/src/index.ts': 'export * from "./register.js";',
  'libs/record/src/register.ts': 'export const register = 1;',
  'libs/score/src/index.ts': 'export { register } from "#libs/record";',
  'libs/score/src/score.spec.ts': 'import { readFileSync } from "node:fs"; import "./index.js"; readFileSync("a");',
  'libs/block/src/index.ts': 'export const block = 1;',
  'libs/cohort/src/index.ts': 'export const cohort = 1;',
  'libs/disclose/src/index.ts': 'export const disclose = 1;',
  'libs/synthetic/src/index.ts': 'export const synthetic = 1;',
  'libs/linkage/src/index.ts': 'export { block } from "#libs/block"; export { register } from "#libs/score";',
  'src/releases/releases.service.ts': 'export { disclose } from "#libs/disclose";',
  'src/releases/releases.repository.ts': 'export const repository = 1;',
  'src/projects/projects.service.ts': 'export const projects = 1;',
  'src/platform/clock.ts': 'export const clock = 1;',
  'src/cli/synthesize.ts': 'export { synthetic } from "#libs/synthetic";',
  'test/support/people.ts': 'export const people = 1;',
};

/** Rule -> a file that breaks it. Every rule of the configuration must stand here. */
const BROKEN: Record<string, readonly [path: string, code: string]> = {
  ...Object.fromEntries(
    ['encode', 'block', 'compare', 'score', 'cluster', 'quality', 'disclose', 'audit', 'synthetic'].map((stage) =>
      [`${stage}-imports-only-record`, [`libs/${stage}/src/other-stage.ts`, 'import "#libs/cohort";']])),
  'cohort-imports-only-record': ['libs/cohort/src/other-stage.ts', 'import "#libs/block";'],
  'record-imports-nothing': ['libs/record/src/stage.ts', 'import "#libs/score";'],
  'linkage-composes-the-linkage-stages': ['libs/linkage/src/cohort.ts', 'import "#libs/cohort";'],
  'libs-are-pure': ['libs/score/src/file.ts', 'import { readFileSync } from "node:fs"; readFileSync("a");'],
  'libs-do-not-know-the-service': ['libs/score/src/service.ts', 'import "../../../src/platform/clock.js";'],
  'libs-are-entered-by-their-index': ['src/projects/deep.ts', 'import "../../libs/record/src/register.js";'],
  'only-releases-disclose': ['src/projects/disclose.ts', 'import "#libs/disclose";'],
  'a-repository-belongs-to-its-module':
    ['src/projects/foreign.ts', 'import "../releases/releases.repository.js";'],
  'platform-knows-no-feature': ['src/platform/feature.ts', 'import "../projects/projects.service.js";'],
  'the-service-does-not-use-the-synthetic-country': ['src/projects/synthetic.ts', 'import "#libs/synthetic";'],
  'no-circular': ['src/projects/circle-a.ts', 'import "./circle-b.js"; export const a = 1;'],
  'not-to-test': ['src/projects/test-support.ts', 'import "../../test/support/people.js";'],
  'no-undeclared-package': ['src/projects/absent-package.ts', 'import "a-package-that-nobody-declared";'],
};
/** The other half of the circle. */
const ACCOMPLICES = { 'src/projects/circle-b.ts': 'import "./circle-a.js"; export const b = 1;' };

interface Violation { readonly from: string; readonly rule: { readonly name: string } }

/** Violations that dependency-cruiser reports in a house of these files. */
function cruise(name: string, files: Record<string, string>): Violation[] {
  const folder = join(house, name);
  const configuration = ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.depcruise.json', 'package.json'];
  for (const [path, code] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${code}\n`);
  }
  for (const file of configuration) copyFileSync(join(root, file), join(folder, file));
  symlinkSync(realpathSync(join(root, 'node_modules')), join(folder, 'node_modules'));
  const program = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const result = spawnSync(process.execPath,
    [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'libs', 'src', 'test'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (result.stdout === '') throw new Error(`dependency-cruiser said nothing: ${result.stderr}`);
  return (JSON.parse(result.stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

afterAll(() => rmSync(house, { recursive: true }));

describe('the walls between the rooms', () => {
  test('each have a house here in which they are broken', () => {
    expect(Object.keys(BROKEN).sort()).toEqual(config.forbidden.map((rule) => rule.name).sort());
  });

  test('all stand in a sound house', () => {
    expect(cruise('sound', SOUND)).toEqual([]);
  });

  describe('fail when broken', () => {
    let violations: Violation[];
    beforeAll(() => {
      violations = cruise('broken', { ...SOUND, ...ACCOMPLICES, ...Object.fromEntries(Object.values(BROKEN)) });
    });

    test.each(Object.keys(BROKEN))('%s', (name) => {
      const [path] = BROKEN[name];
      const broken = violations.filter((violation) => violation.rule.name === name);
      expect(broken.map(({ from }) => from)).toContain(path);
    });
  });

  test('are checked by npm test, over every folder that holds code', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as
      { scripts: Record<string, string> };
    expect(scripts['check:dependencies']).toMatch(/^depcruise --config \.dependency-cruiser\.cjs libs src\b/);
    expect(scripts.check).toContain('check:dependencies');
    expect(scripts.test).toMatch(/^npm run --silent check && /);
  });
});
