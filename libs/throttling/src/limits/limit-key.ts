import { hash } from 'node:crypto';

/** Names that are used unchanged in keys: ids and addresses. */
const SHORT = /^[A-Za-z0-9._:/-]{1,64}$/;

/**
 * Returns the key of a client. It has at most 64 characters after the limit's name, whatever name a
 * client sends: other names are hashed. The hash begins with a character that no unhashed name has.
 */
export function limitKey(name: string, client: string): string {
  if (SHORT.test(client)) return `${name}:${client}`;
  return `${name}:#${hash('sha256', client, 'base64url')}`;
}
