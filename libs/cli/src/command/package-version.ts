import { readFileSync } from 'node:fs';

/** The version of this package. Its source and its compiled file are equally deep in the package. */
export function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
