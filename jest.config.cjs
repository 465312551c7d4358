// One project, real dependencies. Sources run through swc; ESM-only packages are transformed too,
// because jest on Node 20 cannot require them.
const transform = {
  '^.+\\.(t|j|mj)s$': ['@swc/jest', {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
  }],
};
const esmOnly = ['@noble', 'jose', '@faker-js', 'csv-parse', '@scure', 'age-encryption'].join('|');

module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/libs', '<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  transform,
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly})/)`],
  moduleNameMapper: {
    '^#libs/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    // Sources import './x.js', as Node will find them after the build; here the file is './x.ts'.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  setupFiles: ['<rootDir>/test/support/property-seed.ts'],
  // Generous: a machine with other work to do is slow.
  testTimeout: 240000,
};
