import { isDevelopmentSecret, SECRET_REMEDY, secretWeakness } from '@loyalnest/core/toolkit';

/**
 * Returns what is wrong with the first weak secret of a list and how to replace it, for a cross-check.
 * Development secrets are left out: `readConfig` reports them for every variable.
 */
export function weakSecret(secrets: readonly string[]): string | undefined {
  for (const [i, secret] of secrets.entries()) {
    const weakness = isDevelopmentSecret(secret) ? undefined : secretWeakness(secret);
    if (weakness) return `secret ${i + 1} ${weakness}; ${SECRET_REMEDY}`;
  }
  return undefined;
}
