import { createTemporaryFolder, removeTemporaryFolder, repositoryRoot } from '@loyalnest/testing';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { envExample } from '../generated/environment/env-example.js';
import { errorsPage } from '../generated/errors/errors-page.js';
import { generatedProblems } from '../generated/generated-files.js';
import { asyncContextProblems } from './async-context.js';
import { exampleProblems } from './examples.js';
import { linkProblems } from './links.js';
import { lockfileProblems } from './lockfile.js';
import { nameBudgetProblems } from './name-budgets.js';

describe('the checks', () => {
  let folder: string;

  beforeEach(() => {
    folder = createTemporaryFolder('checks');
  });

  afterEach(() => removeTemporaryFolder(folder));

  function write(file: string, content: string | object): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(folder, file), text);
  }

  describe('of error codes', () => {
    const errorClass = (name: string, code: string): string =>
      `/** The ${name} broke. More. */ export class ${name} extends Base {\n` +
      `readonly code = '${code}'; readonly category = 'conflict'; readonly retryable = false; }`;

    it('list each code with its class and the first sentence about it', () => {
      write('libs/queue/src/job.error.ts', errorClass('JobError', 'JOB_BROKEN'));
      write(
        'apps/shop/src/http/a.ts',
        "throw new ProblemError({ status: 404, code: 'NO_ORDER' });",
      );
      const rows = errorsPage(folder).split('\n');
      expect(rows).toContain(
        '| `JOB_BROKEN` | `JobError` | conflict | no        | The JobError broke. |',
      );
      expect(rows).toContainEqual(expect.stringMatching(/`NO_ORDER`.*Answered with status 404\./));
    });

    it('refuse a code that two places declare', async () => {
      write('libs/queue/src/job.error.ts', errorClass('JobError', 'BROKEN'));
      write('libs/http/src/http.error.ts', errorClass('HttpError', 'BROKEN'));
      expect(await generatedProblems(folder, { 'docs/errors.md': errorsPage })).toEqual([
        expect.stringMatching(/BROKEN is declared twice, by .*Error in libs\/.* and by .*Error in/),
      ]);
    });
  });

  describe('of async contexts', () => {
    const FILE = 'libs/queue/src/poller.ts';

    it.each([
      'setInterval(() => poll(), 10);',
      'this.clock.schedule(() => poll(), 10, false);',
      'const stop = new AbortController();',
      'const late = AbortSignal.timeout(10);',
    ])('refuse a callback without an owner: %s', (line) => {
      write(FILE, line);
      expect(asyncContextProblems(folder, {})).toEqual([
        expect.stringContaining('libs/queue/src/poller.ts:1 starts a callback'),
      ]);
      expect(asyncContextProblems(folder, { [FILE]: 'call' })).toEqual([]);
    });

    it.each([
      'scheduleInBackground(clock, () => poll(), 10);',
      'runOutsideContext(() => setInterval(() => poll(), 10));',
      '// setTimeout(poll) would keep the context',
    ])('accept what belongs to the process: %s', (line) => {
      write(FILE, line);
      expect(asyncContextProblems(folder, {})).toEqual([]);
    });

    it('refuse an owner of nothing', () => {
      write(FILE, 'export {};');
      expect(asyncContextProblems(folder, { [FILE]: 'process' })).toEqual([
        expect.stringContaining('starts no such callback'),
      ]);
    });
  });

  describe('of name budgets', () => {
    const house = (budget: object, index: string): readonly string[] => {
      const exports = { '.': { default: './dist/index.js' }, './package.json': './package.json' };
      write('libs/queue/package.json', { name: '@loyalnest/queue', exports });
      write('libs/queue/src/index.ts', index);
      write('config/name-budgets.json', budget);
      return nameBudgetProblems(folder);
    };
    const THREE = "export { a, b } from './a.js';\nexport type { C } from './c.js';";

    it('pass while an entry exports no more names than it may', () => {
      expect(house({ '@loyalnest/queue': 3 }, THREE)).toEqual([]);
    });

    it.each([
      ['one name too many', { '@loyalnest/queue': 2 }, THREE, 'exports 3 names'],
      ['a star', { '@loyalnest/queue': 99 }, "export * from './a.js';", 'Infinity'],
      ['an entry without a budget', {}, THREE, 'add "@loyalnest/queue": 3'],
      [
        'a budget without an entry',
        { '@loyalnest/queue': 3, gone: 1 },
        THREE,
        'gone does not exist',
      ],
    ])('find %s', (_case, budget, index, problem) => {
      expect(house(budget, index)).toEqual([expect.stringContaining(problem)]);
    });
  });

  describe('of generated files', () => {
    const CLASS = 'libs/service-defaults/src/config/service-config.ts';
    const house = (
      members: string,
      template: string,
      example: string,
    ): Promise<readonly string[]> => {
      write(CLASS, `export class ServiceConfig {\n${members}\n}`);
      write('tools/generated/environment/template.env', template);
      write('.env.example', example);
      return generatedProblems(folder, { '.env.example': envExample });
    };
    const PORT = '/** Port of `it`. */ @IsInt() readonly PORT: number = 3000;';

    it('accept a file that matches the config classes', async () => {
      write('apps/shop/src/shop.config.ts', 'class Shop { override readonly PORT = 1; }');
      const template = '# Own\n{{PORT}}\n{{# SECRET=x}}\nMORE=1\n';
      const secret = '/** Signs. */ readonly SECRET!: string;';
      const example = '# Own\n# Port of `it`.\nPORT=3000\n# Signs.\n# SECRET=x\nMORE=1\n';
      expect(await house(`${PORT}\n${secret}`, template, example)).toEqual([]);
    });

    it.each([
      ['PORT=3001', PORT, '{{PORT}}', '.env.example is out of date; run npm run generate'],
      ['no placeholder', PORT, '', 'add PORT, such as {{PORT}}'],
      ['no class', PORT, '{{PORT}}\n{{HOST}}', 'no config class has HOST; remove it'],
      [
        'no value',
        '/** A. */ readonly A!: string;',
        '{{A}}',
        'A has no default; write {{A=value}}',
      ],
      [
        'no doc comment',
        'readonly A = 1;',
        '{{A}}',
        'A needs a doc comment that says what it means',
      ],
    ])('report %s', async (example, members, template, problem) => {
      expect(await house(members, template, example)).toEqual([expect.stringContaining(problem)]);
    });
  });

  describe('of links', () => {
    it('report links to missing files and headings', () => {
      write('docs/guide.md', '# The guide\n\n## A `circuit` breaker\n\n## Again\n\n## Again\n');
      write(
        'README.md',
        [
          '[gone](docs/gone.md) [guide](docs/guide.md) ![picture](docs/gone.png)',
          '[heading](docs/guide.md#a-circuit-breaker) [second](docs/guide.md#again-1)',
          '[no heading](docs/guide.md#nowhere) [own](#nowhere) [folder](docs)',
          '[web](https://example.com/gone.md) `[code](docs/gone.md)`',
          '```md\n[fenced](docs/gone.md)\n```',
        ].join('\n'),
      );
      expect(linkProblems(folder)).toEqual([
        'README.md: docs/gone.md: there is no such file',
        'README.md: docs/gone.png: there is no such file',
        'README.md: docs/guide.md#nowhere: there is no such heading',
        'README.md: #nowhere: there is no such heading',
      ]);
    });

    it('skip packages and build output', () => {
      write('node_modules/x/README.md', '[gone](gone.md)');
      write('libs/x/dist/README.md', '[gone](gone.md)');
      expect(linkProblems(folder)).toEqual([]);
    });
  });

  it('report examples that do not compile, with page and line', async () => {
    symlinkSync(join(repositoryRoot(), 'node_modules'), join(folder, 'node_modules'));
    write('tsconfig.json', { compilerOptions: { module: 'nodenext', strict: true } });
    const first =
      "```ts\nimport {\n  join,\n  sep,\n} from 'node:path';\nconst path: string = sep;\n```";
    const second =
      "```ts\nimport { join, dirname } from 'node:path';\njoin(dirname(path), 5);\n```";
    const partial = '```ts no-check\nthis is left out\n```\n\n```js\nso.is(this)\n```';
    write('README.md', `# Title\n\n${first}\n\ntext\n\n${partial}\n\n${second}\n`);
    write(
      'libs/x/README.md',
      '- a list\n\n  ```ts\n  const path: number = 5;\n  nowhere();\n  ```\n',
    );
    write('libs/y/README.md', 'no example, and `const code: number = "in line"`\n');
    expect(await exampleProblems(folder)).toEqual([
      expect.stringMatching(/^README\.md:23: TS2345: .*'number' is not assignable to .*'string'/),
      "libs/x/README.md:5: TS2304: Cannot find name 'nowhere'.",
    ]);
  }, 120_000);

  it('report download URLs in the lock file, but not workspace links', () => {
    write('package-lock.json', {
      packages: {
        'node_modules/a': { version: '1.0.0' },
        'node_modules/b': { resolved: 'https://registry.example.com/b.tgz' },
        'node_modules/@loyalnest/core': { resolved: 'libs/core', link: true },
      },
    });
    expect(lockfileProblems(folder)).toEqual([
      'package-lock.json: node_modules/b has a download URL: https://registry.example.com/b.tgz',
    ]);
  });

  it('report packages with missing entry points or types', () => {
    const lib = (name: string, types: string, code: string, dependencies = {}): void => {
      const exports = { '.': { types: `./dist/${types}`, default: `./dist/${code}` } };
      const manifest = {
        name,
        version: '1.0.0',
        type: 'module',
        license: 'MIT',
        exports,
        dependencies,
      };
      write(`libs/${name}/package.json`, { ...manifest, files: ['dist'] });
      write(`libs/${name}/dist/index.js`, 'export const x = 1;\n');
      write(`libs/${name}/dist/index.d.ts`, 'export declare const x = 1;\n');
    };
    lib('right', 'index.d.ts', 'index.js');
    lib('codeless', 'index.d.ts', 'gone.js');
    lib('typeless', 'gone.d.ts', 'index.js');
    lib('unpinned', 'index.d.ts', 'index.js', { right: '^1.0.0' });
    lib('untyped', 'index.d.ts', 'index.js', { ioredis: '5', opossum: '10' });
    write(
      'libs/untyped/dist/index.d.ts',
      "import type Opossum from 'opossum';\nexport declare const x: Opossum;\nexport * from './deep.js';\n",
    );
    write(
      'libs/untyped/dist/deep.d.ts',
      "export type { Redis } from 'ioredis';\nexport declare const pool: import('pg').Pool;\n",
    );
    write('libs/private/package.json', { name: 'private', private: true, exports: './gone.js' });
    symlinkSync(join(repositoryRoot(), 'node_modules'), join(folder, 'node_modules'));
    const program = `
      import { packageProblems } from ${JSON.stringify(join(repositoryRoot(), 'tools/checks/packages.ts'))};
      console.log(JSON.stringify(await packageProblems(${JSON.stringify(folder)})));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program]);
    expect(String(stderr)).not.toContain('Error');
    const problems = JSON.parse(String(stdout)) as string[];
    expect(problems).toContainEqual(expect.stringMatching(/^libs\/codeless: .*gone\.js/));
    expect(problems).toContainEqual(expect.stringMatching(/^libs\/typeless: .*gone\.d\.ts/));
    expect(problems).toContainEqual(
      expect.stringMatching(/^libs\/typeless: the types do not resolve/),
    );
    expect(problems.filter((problem) => /untyped: its types/.test(problem))).toEqual([
      expect.stringMatching(/ @types\/opossum, which package\.json does not declare/),
      expect.stringMatching(/ pg, which package\.json does not declare/),
    ]);
    expect(problems).toContain("libs/unpinned: depends on right '^1.0.0'; pin it to '1.0.0'");
    expect(problems.filter((problem) => /libs\/(right|private)/.test(problem))).toEqual([]);
  }, 120_000);
});
