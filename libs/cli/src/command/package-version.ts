import { readFileSync } from 'node:fs';

/** The version of this package. The relative path fits both `src` and `dist`. */
export function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
