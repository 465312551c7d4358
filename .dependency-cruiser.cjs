// The walls of the house. Each rule says why it stands; `npm run check:dependencies` fails when one is broken.
const stages = ['encode', 'block', 'compare', 'score', 'cluster', 'quality', 'cohort', 'disclose', 'audit', 'synthetic'];

const stageRules = stages.map((stage) => ({
  name: `${stage}-imports-only-record`,
  comment: 'A stage is a function of values: stages meet in libs/linkage or in src, never in each other.',
  severity: 'error',
  from: { path: `^libs/${stage}/src` },
  to: { path: '^libs/', pathNot: [`^libs/${stage}/`, '^libs/record/src/index\\.ts$'] },
}));

module.exports = {
  forbidden: [
    ...stageRules,
    {
      name: 'record-imports-nothing',
      comment: 'Vocabulary has no dependencies.',
      severity: 'error',
      from: { path: '^libs/record/src', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/record/' },
    },
    {
      name: 'linkage-composes-the-linkage-stages',
      comment: 'Only libs/linkage knows the order block -> compare -> score -> cluster.',
      severity: 'error',
      from: { path: '^libs/linkage/src' },
      to: { path: '^libs/', pathNot: ['^libs/(linkage|record|block|compare|score|cluster|quality)/'] },
    },
    {
      name: 'libs-are-pure',
      comment: 'Clock, randomness, files, network and keys come in as arguments; the libs run in a browser too.',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'libs-do-not-know-the-service',
      comment: 'The arrow points from the service to the libs.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: ['^src/', '^migrations/', '^bench/', 'node_modules/(@nestjs|typeorm|pg|bull|express)'] },
    },
    {
      name: 'libs-are-entered-by-their-index',
      comment: 'One import point for each lib: what is not exported is free to change.',
      severity: 'error',
      from: { path: '^(libs/([^/]+)/|src/|bench/|test/|migrations/)' },
      to: { path: '^libs/([^/]+)/src/(?!index\\.ts$)', pathNot: ['^libs/$2/'] },
    },
    {
      name: 'only-releases-disclose',
      comment: 'Every number that leaves went through src/releases.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/releases/'] },
      to: { path: '^libs/disclose/' },
    },
    {
      name: 'a-repository-belongs-to-its-module',
      comment: 'All SQL of a module is in its own repository; others ask the service.',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/[^/]+/[^/]+\\.repository\\.ts$', pathNot: '^src/$1/' },
    },
    {
      name: 'platform-knows-no-feature',
      comment: 'Adapters serve the features.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(projects|extracts|linkage-runs|cohorts|releases|audit-log|transparency|access|cli)/' },
    },
    {
      name: 'the-service-does-not-use-the-synthetic-country',
      comment: 'Synthetic people are for the command line, demos, tests and benches.',
      severity: 'error',
      from: { path: '^src/(?!cli|demo)' },
      to: { path: '^libs/synthetic/' },
    },
    {
      name: 'no-circular',
      comment: 'A circle hides which room comes first.',
      severity: 'error',
      from: { pathNot: '\\.entity\\.ts$' },
      to: { circular: true },
    },
    {
      name: 'not-to-test',
      comment: 'Product code never reaches into tests.',
      severity: 'error',
      from: { path: '^(src|libs|bench|migrations)/', pathNot: '\\.spec\\.ts$' },
      to: { path: ['^test/', '\\.spec\\.ts$'] },
    },
    {
      name: 'no-undeclared-package',
      comment: 'What is imported stands in package.json.',
      severity: 'error',
      from: { path: '^(src|libs/[^/]+/src)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.depcruise.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'import', 'default'] },
  },
};
