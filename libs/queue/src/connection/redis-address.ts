import { OptionError } from '@loyalnest/core';

/** The parts of a `redis://` or `rediss://` address. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly family?: number;
}

const FAMILIES = [null, '0', '4', '6'];

/** @throws OptionError for an invalid address; it hides the password */
export function parseRedisAddress(path: string, value: unknown, defaultPort = 6379): RedisAddress {
  const example = `use an address such as redis://localhost:${defaultPort}`;
  if (typeof value !== 'string' || !/^rediss?:\/\//.test(value) || !URL.canParse(value)) {
    const shown = typeof value === 'object' && value !== null ? '(an object)' : value;
    throw new OptionError(path, shown, example);
  }
  const url = new URL(value);
  const refuse = (remedy: string): never => {
    throw new OptionError(path, value, remedy);
  };
  // A password that holds one of these ends there, and the rest of it would be shown below.
  const end = value.search(/[?#]/);
  if (end >= 0 && value.lastIndexOf('@') > end) {
    refuse('write a ? in user or password as %3F, and a # as %23');
  }
  if (url.hash !== '') refuse('leave out what follows the #');
  if (url.hostname === '') refuse(example);
  if (url.port === '0') refuse('use a port from 1 to 65535');
  if (!/^\/?\d*$/.test(url.pathname)) refuse('put nothing after the port except a database number');
  for (const name of url.searchParams.keys()) {
    if (name !== 'family') refuse(`set ${name} in the redis option instead`);
  }
  const family = url.searchParams.get('family');
  if (!FAMILIES.includes(family)) refuse('use family=4, family=6, or 0 for both');
  const db = url.pathname.slice(1);
  return {
    // IPv6 addresses have brackets only in URLs.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort : Number(url.port),
    tls: url.protocol === 'rediss:',
    ...(url.username && { username: decoded(url.username, refuse) }),
    ...(url.password && { password: decoded(url.password, refuse) }),
    ...(db && { db: Number(db) }),
    ...(family !== null && { family: Number(family) }),
  };
}

function decoded(part: string, refuse: (remedy: string) => never): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return refuse('write a % in user or password as %25');
  }
}
