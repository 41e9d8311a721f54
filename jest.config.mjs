// Jest runs the sources as CommonJS. SWC also transforms the ESM-only packages below, so no supported
// Node version needs a flag. The e2e specs start the built ESM services.
const esmOnly = ['@nestjs', '@loyalnest', 'nestjs-pino', 'commander'];

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
  transform: { '^.+\\.(t|j|mj)s$': ['@swc/jest', { module: { type: 'commonjs' } }] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  maxWorkers: 2,
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/tools/jest-tally.reporter.mjs'],
};
