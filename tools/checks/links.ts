import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LINK = /(?<!!)\[[^\]]*\]\(([^()\s]+)(?:\s+"[^"]*")?\)|!\[[^\]]*\]\(([^()\s]+)\)/g;
const FENCE = /^(```|~~~)[^]*?^\1/gm;
const CODE = /`[^`\n]*`/g;
const WITH_SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Markdown links to files or headings that do not exist. */
export function linkProblems(root: string): readonly string[] {
  const files = globSync('**/*.md', {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist|\.cache)(\/|$)/.test(path),
  });
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8').replace(FENCE, '').replace(CODE, '');
    return [...text.matchAll(LINK)]
      .map(([, link, image]) => link ?? image!)
      .filter((target) => !WITH_SCHEME.test(target))
      .flatMap((target) => {
        const problem = problemWith(root, file, target);
        return problem === undefined ? [] : [`${file}: ${target}: ${problem}`];
      });
  });
}

function problemWith(root: string, file: string, target: string): string | undefined {
  const [path = '', heading] = decodeURI(target).split('#', 2);
  const found = path === '' ? join(root, file) : join(root, dirname(file), path);
  if (!existsSync(found)) return 'there is no such file';
  if (heading === undefined || statSync(found).isDirectory() || !found.endsWith('.md'))
    return undefined;
  return anchorsOf(readFileSync(found, 'utf8')).has(heading)
    ? undefined
    : 'there is no such heading';
}

/** Anchors as GitHub creates them: lower case, no punctuation, a hyphen for each space. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, title = ''] of markdown.replace(FENCE, '').matchAll(/^#{1,6}\s+(.+?)\s*$/gm)) {
    const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const base = plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    let anchor = base;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${base}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}
