// The architecture rules. `npm run check` fails on any import that breaks one of them. Paths are
// regular expressions; $1 and $2 are the groups that `from` matched.
import { globSync, readFileSync } from 'node:fs';

/** Specs and the fixtures that only specs use. */
const SPEC = ['\\.spec\\.ts$', '^libs/[^/]+/test/'];
/** Private libs that combine the public ones. */
const COMPOSING = '^libs/(service-defaults|testing)/';
/** The command line: public, and composed of the others too. */
const CLI = '^libs/cli/';

/** Sources behind the `exports` of the libs, such as libs/outbox/src/drizzle/index.ts. */
const entries = globSync('libs/*/package.json').flatMap((file) =>
  Object.values(JSON.parse(readFileSync(file, 'utf8')).exports)
    .map((target) => target.default)
    .filter((target) => target !== undefined)
    .map((target) =>
      file.replace('package.json', target.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
    ),
);
const ENTRIES = `^(${entries.join('|')})$`;

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

/** In an app, code in `folders` may import only its own folder and `allowed` from the same app. */
const layer = (folders, allowed) =>
  rule(
    `app-${folders.join('-')}`,
    `in an app, ${folders.join(', ')} may import only ${['their own folder', ...allowed].join(', ')}`,
    { path: `^apps/([^/]+)/src/(${folders.join('|')})/`, pathNot: SPEC },
    {
      path: '^apps/$1/',
      pathNot: ['^apps/$1/src/$2/', ...allowed.map((part) => `^apps/$1/src/${part}`)],
    },
  );

export default {
  forbidden: [
    rule(
      'star',
      'a public lib imports @loyalnest/core and no other lib; libs meet through ports in core',
      { path: '^libs/([^/]+)/', pathNot: [COMPOSING, CLI, ...SPEC] },
      { path: '^libs/', pathNot: ['^libs/$1/', '^libs/core/'] },
    ),
    rule(
      'nobody-imports-cli',
      'the command line is a program; move what others need into the lib that knows it',
      { pathNot: CLI },
      { path: CLI },
    ),
    rule(
      'command-groups-plug-in',
      'only the registry knows the groups, so that a group is one folder and one line',
      {
        path: '^libs/cli/src/',
        pathNot: ['^libs/cli/src/groups/', '^libs/cli/src/command-groups\\.ts$', ...SPEC],
      },
      { path: '^libs/cli/src/groups/' },
    ),
    rule('no-circular', 'imports form no cycle', {}, { circular: true }),
    rule(
      'no-own-index',
      'inside a lib, import the file that declares the name; the index is for other packages',
      { path: '^libs/([^/]+)/src/', pathNot: SPEC },
      { path: '^libs/$1/src/index\\.ts$' },
    ),
    rule(
      'no-deep-import-between-libs',
      'import from an entry point of the other lib',
      { path: '^libs/([^/]+)/' },
      { path: '^libs/', pathNot: ['^libs/$1/', ENTRIES] },
    ),
    rule(
      'no-deep-import-of-libs',
      'import from an entry point of the lib',
      { path: '^(apps|tools|test|bench)/' },
      { path: '^libs/', pathNot: [ENTRIES, '^libs/[^/]+/test/'] },
    ),
    rule(
      'no-fixture-in-production',
      "a lib's test fixtures are for specs only",
      { path: '^(apps|tools|bench|libs/[^/]+/src)/', pathNot: SPEC },
      { path: '^libs/[^/]+/test/' },
    ),
    rule(
      'dead-letter-folders',
      'in dead-letter, a folder may import record and index, index may import record, and no other',
      { path: '^libs/queue/src/dead-letter/([^/]+)/', pathNot: SPEC },
      {
        path: '^libs/queue/src/dead-letter/[^/]+/',
        pathNot: ['^libs/queue/src/dead-letter/($1|record|index)/'],
      },
    ),
    rule(
      'dead-letter-record-below-index',
      'the index is made of records, which never need it',
      { path: '^libs/queue/src/dead-letter/record/', pathNot: SPEC },
      { path: '^libs/queue/src/dead-letter/index/' },
    ),
    rule(
      'toolkit-is-for-libs',
      'apps import @loyalnest/core; its toolkit is unstable and reserved for the libs of this suite',
      { path: '^apps/' },
      { path: '^libs/core/src/toolkit/' },
    ),
    rule(
      'core-below-its-toolkit',
      'the toolkit depends on the rest of core, never the other way round',
      { path: '^libs/core/src/', pathNot: ['^libs/core/src/toolkit/', ...SPEC] },
      { path: '^libs/core/src/toolkit/' },
    ),
    rule(
      'libs-stand-alone',
      'a lib does not import the code that uses it',
      { path: '^libs/' },
      { path: '^(apps|tools|test|bench)/' },
    ),
    rule(
      'no-app-to-app',
      'apps talk over HTTP and jobs; each keeps its own copy of a contract',
      { path: '^apps/([^/]+)/' },
      { path: '^(apps|tools|test|bench)/', pathNot: '^apps/$1/' },
    ),
    rule(
      'app-domain',
      'the domain is plain TypeScript: it imports only itself and Node',
      { path: '^apps/([^/]+)/src/domain/', pathNot: SPEC },
      { pathNot: '^apps/$1/src/domain/', dependencyTypesNot: ['core'] },
    ),
    layer(['contracts'], []),
    layer(['use-cases'], ['domain/']),
    layer(['clients'], ['[^/]+\\.config\\.ts$']),
    layer(
      ['http', 'messaging', 'adapters'],
      ['use-cases/', 'domain/', 'contracts/', 'clients/', '[^/]+\\.config\\.ts$'],
    ),
    rule(
      'app-folders',
      'an app has only the folders above, so that a rule covers each of them',
      {
        path: '^apps/[^/]+/src/[^/]+/',
        pathNot: '^apps/[^/]+/src/(domain|contracts|use-cases|clients|http|messaging|adapters)/',
      },
      {},
    ),
    rule(
      'declared-dependencies',
      'a public lib imports only packages that its package.json declares',
      { path: '^libs/', pathNot: [COMPOSING, ...SPEC] },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
    rule('resolvable', 'every import resolves', {}, { couldNotResolve: true }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^libs/[^/]+/dist/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
