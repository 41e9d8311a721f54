import { createTemporaryFolder, removeTemporaryFolder, repositoryRoot } from '@loyalnest/testing';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LIBS = ['core', 'queue', 'http', 'cli', 'service-defaults', 'testing'];

/** A house that keeps all rules. */
const HOUSE: Readonly<Record<string, string>> = {
  'libs/core/src/clock.ts': '',
  'libs/core/src/toolkit/timers.ts': `import '../clock.js';`,
  'libs/http/src/timers.ts': `import '@loyalnest/core/toolkit';`,
  'libs/queue/src/index.ts': `import '@loyalnest/core'; import '@nestjs/common'; import './job.js';`,
  'libs/queue/src/job.ts': `import 'node:fs';`,
  'libs/queue/src/job.spec.ts': `import '@loyalnest/testing'; import '@loyalnest/http'; import './index.js';`,
  'libs/queue/src/dead-letter/record/record.ts': `import '../../job.js';`,
  'libs/queue/src/dead-letter/index/entry.ts': `import '../record/record.js';`,
  'libs/queue/src/dead-letter/discard/discard.ts': `import '../index/entry.js'; import '../record/record.js';`,
  'libs/queue/test/fixture.ts': `import '../src/job.js';`,
  'libs/http/src/index.ts': '',
  'libs/cli/src/index.ts': `import '@loyalnest/queue'; import '@loyalnest/http'; import './table.js';`,
  'libs/cli/src/command-groups.ts': `import './groups/top/top.group.js';`,
  'libs/cli/src/table.ts': '',
  'libs/cli/src/groups/top/top.group.ts': `import '@loyalnest/queue'; import '../queues/table.js';`,
  'libs/cli/src/groups/queues/table.ts': '',
  'libs/cli/src/index.spec.ts': `import '@loyalnest/testing'; import './groups/top/top.group.js';`,
  'libs/service-defaults/src/index.ts': `import '@loyalnest/queue'; import '@loyalnest/http';`,
  'libs/testing/src/index.ts': `import '@loyalnest/core/testing';`,
  'test/fixture.spec.ts': `import '../libs/queue/test/fixture.js';`,
  'apps/points/src/main.ts': `import './app.module.js'; import '@loyalnest/service-defaults';`,
  'apps/points/src/app.module.ts': `import './http/orders.js'; import './adapters/ledger.js';`,
  'apps/points/src/points.config.ts': '',
  'apps/points/src/domain/order.ts': `import 'node:crypto'; import './money.js';`,
  'apps/points/src/domain/money.ts': '',
  'apps/points/src/contracts/jobs.ts': `import '@loyalnest/queue'; import 'class-validator';`,
  'apps/points/src/use-cases/award.ts': `import '../domain/order.js'; import '@nestjs/common';`,
  'apps/points/src/use-cases/award.spec.ts': `import '../adapters/ledger.js';`,
  'apps/points/src/http/orders.ts': `import '../use-cases/award.js'; import '../domain/order.js';`,
  'apps/points/src/adapters/ledger.ts': `import '../contracts/jobs.js'; import '../points.config.js';`,
  'apps/gateway/src/http/proxy.ts': `import '../clients/points.js'; import '@nestjs/common';`,
  'apps/gateway/src/clients/points.ts': `import '@loyalnest/http';`,
};

/** What breaks a rule when it is written into a file of its own: file, import, rule. */
const OFFENCES: readonly (readonly [string, string, string])[] = [
  ['libs/http/src/one.ts', '@loyalnest/queue', 'star'],
  ['libs/http/src/two.ts', '../../queue/src/index.js', 'star'],
  ['libs/core/src/three.ts', '@loyalnest/http', 'star'],
  ['libs/http/src/testing.ts', '@loyalnest/testing', 'star'],
  ['libs/queue/src/cli.ts', '@loyalnest/cli', 'star'],
  ['libs/queue/src/cli-too.ts', '@loyalnest/cli', 'nobody-imports-cli'],
  ['libs/queue/src/cli.spec.ts', '../../cli/src/table.js', 'nobody-imports-cli'],
  ['libs/service-defaults/src/cli.ts', '@loyalnest/cli', 'nobody-imports-cli'],
  ['apps/points/src/cli.ts', '@loyalnest/cli', 'nobody-imports-cli'],
  ['libs/cli/src/deep.ts', '../../queue/src/job.js', 'no-deep-import-between-libs'],
  ['libs/cli/src/deep.spec.ts', '../../queue/src/job.js', 'no-deep-import-between-libs'],
  ['libs/cli/src/fixture.spec.ts', '../../queue/test/fixture.js', 'no-deep-import-between-libs'],
  ['libs/cli/src/undeclared.ts', 'bullmq', 'declared-dependencies'],
  ['libs/cli/src/shell.ts', './groups/top/top.group.js', 'command-groups-plug-in'],
  ['libs/queue/src/dead-letter/edit/one.ts', '../discard/discard.js', 'dead-letter-folders'],
  ['libs/queue/src/dead-letter/index/one.ts', '../discard/discard.js', 'dead-letter-folders'],
  [
    'libs/queue/src/dead-letter/record/one.ts',
    '../index/entry.js',
    'dead-letter-record-below-index',
  ],
  ['libs/core/src/four.ts', './toolkit/timers.js', 'core-below-its-toolkit'],
  ['apps/points/src/toolkit.ts', '@loyalnest/core/toolkit', 'toolkit-is-for-libs'],
  ['libs/http/src/deep.ts', '../../core/src/clock.js', 'no-deep-import-between-libs'],
  ['libs/service-defaults/src/deep.ts', '../../queue/src/job.js', 'no-deep-import-between-libs'],
  ['apps/points/src/deep.ts', '../../../libs/queue/src/job.js', 'no-deep-import-of-libs'],
  ['apps/points/src/fixture.ts', '../../../libs/queue/test/fixture.js', 'no-fixture-in-production'],
  ['libs/queue/src/fixture.ts', '../test/fixture.js', 'no-fixture-in-production'],
  ['libs/queue/src/own.ts', './index.js', 'no-own-index'],
  ['libs/queue/src/own-name.ts', '@loyalnest/queue', 'no-own-index'],
  ['libs/queue/src/upwards.ts', '../../../apps/points/src/domain/money.js', 'libs-stand-alone'],
  ['libs/queue/src/undeclared.ts', 'bullmq', 'declared-dependencies'],
  ['libs/core/src/nest.ts', '@nestjs/common', 'declared-dependencies'],
  ['libs/queue/src/lost.ts', './nowhere.js', 'resolvable'],
  ['apps/gateway/src/http/points.ts', '../../../points/src/domain/money.js', 'no-app-to-app'],
  ['apps/points/src/domain/one.ts', '../use-cases/award.js', 'app-domain'],
  ['apps/points/src/domain/two.ts', '@loyalnest/core', 'app-domain'],
  ['apps/points/src/domain/three.ts', 'class-validator', 'app-domain'],
  ['apps/points/src/contracts/one.ts', '../domain/money.js', 'app-contracts'],
  ['apps/points/src/use-cases/one.ts', '../adapters/ledger.js', 'app-use-cases'],
  ['apps/points/src/use-cases/two.ts', '../http/orders.js', 'app-use-cases'],
  ['apps/points/src/http/one.ts', '../adapters/ledger.js', 'app-http-messaging-adapters'],
  ['apps/points/src/adapters/one.ts', '../http/orders.js', 'app-http-messaging-adapters'],
  ['apps/points/src/messaging/one.ts', '../app.module.js', 'app-http-messaging-adapters'],
  ['apps/gateway/src/clients/one.ts', '../http/proxy.js', 'app-clients'],
  ['apps/points/src/helpers/one.ts', '../domain/money.js', 'app-folders'],
];

describe('the rules of the architecture', () => {
  let folder: string;

  beforeEach(() => {
    folder = createTemporaryFolder('architecture');
    const root = repositoryRoot();
    for (const file of ['config/dependency-cruiser.mjs', 'tsconfig.json', 'package.json']) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      copyFileSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    write('libs/core/src/index.ts', '');
    write('libs/core/src/testing/index.ts', '');
    write('libs/core/src/toolkit/index.ts', '');
    for (const lib of LIBS) {
      const exports = {
        '.': { default: './dist/index.js' },
        ...(lib === 'core' && {
          './testing': { default: './dist/testing/index.js' },
          './toolkit': { default: './dist/toolkit/index.js' },
        }),
        './package.json': './package.json',
      };
      const nest = lib === 'core' ? {} : { '@nestjs/common': '*' };
      const manifest = { name: `@loyalnest/${lib}`, exports, peerDependencies: nest };
      write(`libs/${lib}/package.json`, JSON.stringify(manifest));
    }
    for (const [file, text] of Object.entries(HOUSE)) write(file, text);
  });

  afterEach(() => removeTemporaryFolder(folder));

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }

  function violations(): readonly string[] {
    const depcruise = join(repositoryRoot(), 'node_modules/.bin/depcruise');
    const args = ['libs', 'apps', '--config', 'config/dependency-cruiser.mjs'];
    const { stdout, status } = spawnSync(depcruise, args, { cwd: folder });
    const found = [...String(stdout).matchAll(/error ([\w-]+): (\S+)/g)];
    expect(status === 0).toBe(found.length === 0);
    return found.map(([, rule, file]) => `${rule}: ${file}`);
  }

  it('find nothing in a house that keeps them', () => {
    expect(violations()).toEqual([]);
  });

  it('find each offence', () => {
    for (const [file, what] of OFFENCES) write(file, `import '${what}';`);
    const found = violations();
    const missed = OFFENCES.map(([file, , rule]) => `${rule}: ${file}`).filter(
      (offence) => !found.includes(offence),
    );
    expect(missed).toEqual([]);
  });

  it.each([
    ['two files', { 'a.ts': './b.js', 'b.ts': './a.js' }],
    ['three files', { 'a.ts': './b.js', 'b.ts': './c.js', 'c.ts': './a.js' }],
  ])('find a cycle of %s', (_name, cycle) => {
    for (const [file, what] of Object.entries(cycle)) {
      write(`libs/queue/src/${file}`, `import '${what}';`);
    }
    expect(violations()).toContainEqual(expect.stringMatching(/^no-circular: libs\/queue\/src\//));
  });

  it('find a cycle of types', () => {
    write('libs/queue/src/a.ts', `import type { B } from './b.js'; export type A = B[];`);
    write('libs/queue/src/b.ts', `import type { A } from './a.js'; export type B = A | 1;`);
    expect(violations()).toContainEqual(expect.stringMatching(/^no-circular: libs\/queue\/src\//));
  });
});
