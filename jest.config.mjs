// Jest runs the sources as CommonJS: SWC also transforms the ESM-only packages below, so that no
// Node flag is needed on any supported version. The e2e specs start the built ESM services.
import swc from './config/swc.json' with { type: 'json' };

const esmOnly = [
  '@nestjs',
  '@loyalnest',
  'nestjs-pino',
  'commander',
  // cli-truncate and string-width, with what they depend on
  'cli-truncate',
  'slice-ansi',
  'ansi-styles',
  'string-width',
  'strip-ansi',
  'ansi-regex',
  'get-east-asian-width',
  // of mercurius
  '@fastify/static/node_modules/content-disposition',
  'content-disposition',
];

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/tools', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/test/chaos/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/libs/[^/]+/dist/'],
  moduleNameMapper: {
    '^@loyalnest/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@loyalnest/([^/]+)/([^/]+)$': '<rootDir>/libs/$1/src/$2/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.(t|j|mj)s$': ['@swc/jest', { ...swc, swcrc: false, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  maxWorkers: 2,
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/tools/jest-tally.reporter.mjs'],
};
