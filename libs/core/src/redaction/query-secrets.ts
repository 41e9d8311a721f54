import { secrecyOfName } from './secret-path.js';

const PARAMETER = /[?&]([\w.%-]{1,64})=([^&#\s]+)/g;

/**
 * Returns the secrets in the query of an address, as written and decoded: ioredis and pg accept
 * `?password=` instead of credentials before the host. None if the text has no scheme.
 */
export function secretsInQuery(address: string): readonly string[] {
  const scheme = address.indexOf('://');
  if (scheme < 0) return [];
  return [...address.slice(scheme).matchAll(PARAMETER)].flatMap(([, name = '', value = '']) =>
    secrecyOfName(name) === 'always' ? [value, decoded(value)] : [],
  );
}

/** As a query is decoded, with `+` for a space. Never throws. */
function decoded(value: string): string {
  return new URLSearchParams(`value=${value}`).get('value') ?? value;
}
