import { hash } from 'node:crypto';

/** What may stand in a key as it is: ids and addresses. */
const SHORT = /^[A-Za-z0-9._:/-]{1,64}$/;

/**
 * The key of a client. Whatever clients call themselves, it has at most 64 characters behind the name:
 * other names go by their hash, which begins with a character that no short name has.
 */
export function limitKey(name: string, client: string): string {
  if (SHORT.test(client)) return `${name}:${client}`;
  return `${name}:#${hash('sha256', client, 'base64url')}`;
}
