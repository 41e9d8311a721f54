import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'libs/*/README.md',
  'libs/*/docs/*.md',
  'docs/**/*.md',
];
const FENCE = /^(\s*)(```+|~~~+)(.*)$/;
const IMPORT = /^import\s+(type\s+)?\{([^}]*)\}\s+from\s+('[^']+');/gm;
const ERROR = /^(.+?)\((\d+),\d+\): error (TS\d+: .*)$/;

/**
 * Compiles every `ts` block of the pages against the sources of the libs and returns the errors. The
 * blocks of a page form one module, in order: a block may use what an earlier one declared or
 * imported, and may repeat an import, but must not declare a name twice. Mark an incomplete block
 * `ts no-check`.
 */
export async function exampleProblems(root: string): Promise<readonly string[]> {
  const folder = join(root, '.cache/examples');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const pages = new Map<string, string>();
  for (const page of globSync(PAGES, { cwd: root })) {
    const code = codeOf(readFileSync(join(root, page), 'utf8'));
    if (code.trim() === '') continue;
    const file = `${page.replace(/\W/g, '-')}.ts`;
    pages.set(file, page);
    writeFileSync(join(folder, file), `${code}\nexport {};\n`);
  }
  if (pages.size === 0) return [];
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG));
  const output = await compile(root, folder);
  const errors = output.split('\n').flatMap((line) => {
    const [, path = '', lineNumber, message] = ERROR.exec(line) ?? [];
    // The step `types` reports errors in the libs themselves.
    const page = pages.get(path.slice(path.lastIndexOf('/') + 1));
    return page === undefined ? [] : [`${page}:${lineNumber}: ${message}`];
  });
  rmSync(folder, { recursive: true, force: true });
  return errors;
}

const CONFIG = {
  extends: '../../tsconfig.json',
  compilerOptions: {
    composite: false,
    declaration: false,
    emitDeclarationOnly: false,
    noEmit: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
    types: ['node', 'jest'],
  },
  include: ['*.ts'],
};

async function compile(root: string, folder: string): Promise<string> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  try {
    await run(process.execPath, [tsc, '--project', folder, '--pretty', 'false'], { cwd: root });
    return '';
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    // Without error lines the compiler itself failed.
    if (!stdout?.includes('): error TS')) throw error;
    return stdout;
  }
}

/** The code of a page with every line at its original number, so that errors point into the page. */
function codeOf(markdown: string): string {
  let fence = '';
  let checked = false;
  const lines = markdown.split('\n').map((line) => {
    const [, , mark = '', info = ''] = FENCE.exec(line) ?? [];
    if (fence !== '') {
      if (mark.startsWith(fence) && info.trim() === '') fence = '';
      else return checked ? line : '';
      return '';
    }
    if (mark !== '') {
      fence = mark;
      checked = /^(ts|typescript)$/.test(info.trim());
    }
    return '';
  });
  return withoutRepeatedImports(lines.join('\n'));
}

function withoutRepeatedImports(code: string): string {
  const seen = new Set<string>();
  return code.replace(IMPORT, (statement, type = '', list: string, source: string) => {
    const names = list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const fresh = names.filter((name) => {
      const key = `${name.replace(/^type\s+/, '')} ${source}`;
      return !seen.has(key) && seen.add(key);
    });
    const lineBreaks = statement.replace(/[^\n]/g, '');
    return `import ${type}{ ${fresh.join(', ')} } from ${source};${lineBreaks}`;
  });
}
