import { readFileSync } from 'node:fs';

/** Of this package, compiled or not: both are as deep in it. */
export function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
