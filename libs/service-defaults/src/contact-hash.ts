import { createHash } from 'node:crypto';

/**
 * What services exchange instead of a customer's e-mail address: the hex SHA-256 of the trimmed,
 * lower-case address. The address itself stays in the service that received it.
 */
export function contactHash(email: string): string {
  return createHash('sha256').update(email.trim().toLowerCase()).digest('hex');
}
