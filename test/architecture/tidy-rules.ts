import type { SourceTree } from './source-tree.js';

/** A rule of style that a machine can check. */
export interface TidyRule {
  readonly name: string;
  readonly why: string;
  /** One sentence a violation. */
  readonly find: (tree: SourceTree) => string[];
  /** Small trees that each break the rule once: a rule that cannot fail checks nothing. */
  readonly violations: readonly Readonly<Record<string, string>>[];
}

const CODE = /\.(ts|tsx|mts|cts|js|mjs|cjs|sql|sh)$|^\.ci\/run$/;
const LIBRARY_CODE = /^libs\/[^/]+\/src\/.*(?<!\.spec)\.ts$/;
const SPEC = /\.spec\.ts$/;

/** Words are put together here so that this file does not break its own rules. */
const LEFTOVERS = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'];
const BANNED_NAMES = ['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'manager', 'managers'];
const MACHINE_FOLDERS = ['work', 'home', 'root', 'Users', 'tmp/' + 'wt'].join('|');
const MACHINE_PATH = new RegExp(`(?<![\\w.~/*})-])/(${MACHINE_FOLDERS})/`);

/** Lines of the chosen files that match, as `path:line: reason`. */
function lines(files: RegExp, pattern: RegExp, reason: string, clean = (text: string): string => text) {
  return (tree: SourceTree): string[] => [...tree]
    .filter(([path]) => files.test(path))
    .flatMap(([path, text]) => clean(text).split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${reason}`] : [])));
}

/** Code without its comments, line for line: a comment may name what the code must not do. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}

function findBannedNames(tree: SourceTree): string[] {
  return [...tree.keys()].flatMap((path) => path.split('/')
    .filter((part) => part.split(/[-._]/).some((word) => BANNED_NAMES.includes(word)))
    .map((part) => `${path}: "${part}" says nothing about what is in it`));
}

function findIncompleteLibraries(tree: SourceTree): string[] {
  const paths = [...tree.keys()];
  const libraries = new Set(paths.flatMap((path) => /^libs\/([^/]+)\//.exec(path)?.[1] ?? []));
  return [...libraries].flatMap((library) => ['README.md', 'src/index.ts']
    .filter((file) => !tree.has(`libs/${library}/${file}`))
    .map((file) => `libs/${library} has no ${file}`));
}

interface Package {
  readonly scripts?: Record<string, string>;
  readonly [section: string]: Record<string, unknown> | undefined;
}

function packageOf(tree: SourceTree): Package {
  return JSON.parse(tree.get('package.json') ?? '{}') as Package;
}

function findLooseVersions(tree: SourceTree): string[] {
  const sections = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'overrides'];
  return sections.flatMap((section) => Object.entries(packageOf(tree)[section] ?? {})
    .filter(([, version]) => typeof version !== 'string' || !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name]) => `package.json: ${section}.${name} is not one exact version`));
}

/** Paths and scripts that the README names; a path ends where the words of the sentence go on. */
function findStaleReadme(tree: SourceTree): string[] {
  const readme = tree.get('README.md') ?? '';
  const paths = [...readme.matchAll(/(?<![\w./-])(?:src|libs|config|test|bench|docs|migrations)\/[\w./-]*/g)]
    .map(([path]) => path.replace(/[./]+$/, ''));
  const known = [...tree.keys()];
  const scripts = Object.keys(packageOf(tree).scripts ?? {});
  return [
    ...paths.filter((path) => !known.some((file) => file === path || file.startsWith(`${path}/`)))
      .map((path) => `README.md names ${path}, which does not exist`),
    ...[...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script)
      .filter((script) => !scripts.includes(script))
      .map((script) => `README.md names the script ${script}, which does not exist`),
  ];
}

export const TIDY_RULES: readonly TidyRule[] = [
  {
    name: 'names say what is inside',
    why: 'A drawer for everything has no invariant, and grows.',
    find: findBannedNames,
    violations: [
      { 'libs/score/src/utils.ts': '' }, { 'src/common/clock.ts': '' }, { 'src/platform/queue-manager.ts': '' },
      { 'test/support/string.helper.ts': '' }, { 'libs/misc/README.md': '' },
    ],
  },
  {
    name: 'nothing is left for later in a comment',
    why: 'A promise in a comment is forgotten; do it, or say in the README that it is not there.',
    find: lines(CODE, new RegExp(`(//|\\*|#|--).*\\b(${LEFTOVERS.join('|')})\\b`), 'a leftover'),
    violations: LEFTOVERS.map((word) => ({ 'src/a.ts': `const a = 1; // ${word} b\n` })),
  },
  {
    name: 'every test runs',
    why: 'A skipped test is a gap that looks like a test; a focused one skips all the others.',
    find: lines(SPEC,
      /\b(it|test|describe)(\.\w+)*\.(skip|only|todo)\b|(?<![-\w])(xit|xtest|xdescribe|fit|fdescribe)\s*[(.]/,
      'a test that is skipped or focused', withoutComments),
    violations: ['it.skip(', 'test.only(', 'test.todo(', 'describe.only.each(', 'xit(', 'xdescribe.each(',
      'fdescribe('].map((call) => ({ 'src/a.spec.ts': `${call}'a', f);\n` })),
  },
  {
    name: 'no path of one machine',
    why: 'It works on that machine alone, and tells who wrote it.',
    find: lines(/./, MACHINE_PATH, 'a path of one machine'),
    violations: ['work', 'home', 'Users'].flatMap((folder) => [
      { 'src/a.ts': `const a = '/${folder}/x/y';\n` }, { 'README.md': `See \`/${folder}/x/y\`.\n` },
      { '.ci/run': `cd /${folder}/x\n` },
    ]),
  },
  {
    name: 'no registry in the lock file',
    why: 'Whoever installs uses the registry that their own npm is set to.',
    find: lines(/^package-lock\.json$/, /"resolved":\s*"(https?|git|file):/, 'a resolved address'),
    violations: [{ 'package-lock.json': '      "resolved": "https://registry.example/a/-/a-1.0.0.tgz",\n' }],
  },
  {
    name: 'libraries are functions of their arguments',
    why: 'Clock, randomness and environment come in as arguments: equal inputs give equal outputs, anywhere.',
    find: lines(LIBRARY_CODE,
      /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\s*\)|\bprocess\.|\bperformance\.now\b|\bgetRandomValues\b/,
      'reads the clock, chance or the environment', withoutComments),
    violations: ['Math.random()', 'Date.now()', 'new Date()', 'new Date( )', 'process.env.A', 'performance.now()',
      'crypto.getRandomValues(b)'].map((code) => ({ 'libs/score/src/a.ts': `/** a */\nconst a = ${code};\n` })),
  },
  {
    name: 'each library says what it is and has one entrance',
    why: 'What is not exported by the index is free to change; the README holds the invariants.',
    find: findIncompleteLibraries,
    violations: [
      { 'libs/score/src/index.ts': '' }, { 'libs/score/README.md': '', 'libs/score/src/weight.ts': '' },
    ],
  },
  {
    name: 'each dependency is one exact version',
    why: 'The same checkout is the same program, next year as today.',
    find: findLooseVersions,
    violations: ['^1.0.0', '~1.0.0', '1.x', '*', 'latest', '>=1.0.0', 'github:a/b', ''].flatMap((version) => [
      { 'package.json': JSON.stringify({ dependencies: { a: version } }) },
      { 'package.json': JSON.stringify({ devDependencies: { a: version } }) },
    ]),
  },
  {
    name: 'the README names what exists',
    why: 'A map of rooms that are not there leads nobody.',
    find: findStaleReadme,
    violations: [
      { 'README.md': 'See `libs/absent`.' }, { 'README.md': '| src/absent/ | a room |' },
      { 'README.md': 'npm run absent', 'package.json': '{"scripts":{"present":"true"}}' },
    ],
  },
];
