import { createHash } from 'node:crypto';

/**
 * What services say of a customer's e-mail address to each other: SHA-256 of the trimmed address in
 * lower case, in hex. The address itself stays where it came in.
 */
export function contactHash(email: string): string {
  return createHash('sha256').update(email.trim().toLowerCase()).digest('hex');
}
