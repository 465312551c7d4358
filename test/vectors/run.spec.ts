import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const program = join(root, 'dist', 'test', 'vectors', 'run.js');
const folder = mkdtempSync(join(tmpdir(), 'vinculum-vectors-'));
let folders = 0;

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the built program as `npm run test:vectors` does. */
function run(vectors: string, ...words: string[]): SpawnSyncReturns<string> {
  if (!existsSync(program)) throw new Error('run "npm run build" first: this test runs the built program');
  return spawnSync(process.execPath, [program, ...words],
    { encoding: 'utf8', env: { ...process.env, VECTORS_DIR: vectors } });
}

function folderWith(files: Record<string, string>): string {
  folders += 1;
  const path = join(folder, String(folders));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

const lastLine = (result: SpawnSyncReturns<string>): string => result.stdout.trimEnd().split('\n').at(-1)!;
const merkle = readFileSync(join(__dirname, 'merkle_tree.json'), 'utf8');

describe('the golden values', () => {
  test('of this repository all hold, and each file has a runner', () => {
    const result = run(__dirname, '--strict');
    expect(result.stdout).not.toContain('FAIL');
    expect(lastLine(result)).toMatch(/^[1-9][0-9]* passed, 0 failed$/);
    expect(result.status).toBe(0);
    const files = readdirSync(__dirname).filter((name) => /\.(json|csv)$/.test(name));
    for (const file of files) expect(result.stdout).toContain(`ok ${file}: `);
  });

  test('are this repository\'s own when no folder is named', () => {
    const environment = { ...process.env };
    delete environment.VECTORS_DIR;
    const result = spawnSync(process.execPath, [program], { cwd: folder, encoding: 'utf8', env: environment });
    expect(result.stdout).toBe(run(__dirname).stdout);
  });

  test.each([
    ['merkle_tree.json', '5dc9da79', '5dc9da78'],
    ['merkle_tree.json', '"holds": false', '"holds": true'],
    ['audit_log_example.json', 'extract.submit', 'extract.submix'],
    ['audit_log_example.json', 'sylz8tlG8KB4', 'sylz8tlG8KB5'],
  ])('fail when one changes (%s: %s)', (file, from, to) => {
    const content = readFileSync(join(__dirname, file), 'utf8');
    expect(content).toContain(from);
    const result = run(folderWith({ [file]: content.replace(from, to) }));
    expect(result.stdout).toContain(`FAIL ${file}`);
    expect(lastLine(result)).toMatch(/^[0-9]+ passed, [1-9][0-9]* failed$/);
    expect(result.status).toBe(1);
  });

  test.each<[string, Record<string, string>]>([
    ['an empty folder', {}],
    ['a folder with a README alone', { 'README.md': '# values' }],
    ['a folder of unknown names alone', { 'unheard_of.json': '{}' }],
    ['a file that holds no value', { 'merkle_rfc6962_probes.json': '{"inclusion":[],"consistency":[]}' }],
    ['a file that is no JSON', { 'merkle_tree.json': 'no JSON' }],
    ['a name that climbs out of the folder of runners', { '..json': '{}' }],
  ])('fail for %s', (_, files) => {
    const result = run(folderWith(files));
    expect(lastLine(result)).toBe('0 passed, 1 failed');
    expect(result.status).toBe(1);
  });

  test('fail for a folder that does not exist', () => {
    const result = run(join(folder, 'absent'));
    expect(lastLine(result)).toBe('0 passed, 1 failed');
    expect(result.status).toBe(1);
  });

  test('of an unknown name are listed, and fail when strict', () => {
    const vectors = folderWith({ 'merkle_tree.json': merkle, 'unheard_of.2024.csv': 'a,b\n' });
    const lenient = run(vectors);
    expect(lenient.stdout).toContain('unknown unheard_of.2024.csv');
    expect(lenient.status).toBe(0);
    const strict = run(vectors, '--strict');
    expect(lastLine(strict)).toMatch(/, 1 failed$/);
    expect(strict.status).toBe(1);
  });

  test('are found by the name up to its first dot', () => {
    const result = run(folderWith({ 'merkle_tree.second.json': merkle }));
    expect(result.stdout).toContain('ok merkle_tree.second.json');
    expect(result.status).toBe(0);
  });

  test('may lie in a folder of any other content', () => {
    const vectors = join(folder, 'copy');
    cpSync(__dirname, vectors, { recursive: true });
    expect(lastLine(run(vectors, '--strict'))).toMatch(/, 0 failed$/);
  });
});
