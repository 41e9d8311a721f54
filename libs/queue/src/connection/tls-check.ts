import { OptionError } from '@loyalnest/core';
import { createSecureContext, type ConnectionOptions } from 'node:tls';

const PEM_OPTIONS = ['ca', 'cert', 'key'] as const;

/**
 * Checks the TLS options and returns those for ioredis.
 *
 * @param secure whether the address is `rediss://`
 * @throws OptionError for an invalid option; it never shows a key
 */
export function checkTls(
  tls: ConnectionOptions | undefined,
  secure: boolean,
): { readonly tls?: ConnectionOptions } {
  if (tls === undefined) return secure ? { tls: {} } : {};
  if (!secure) {
    throw new OptionError('queue.tls', '(set)', 'use rediss:// instead of redis:// in the address');
  }
  for (const name of PEM_OPTIONS) {
    const values: unknown[] = [tls[name]].flat();
    for (const value of values) {
      // Node silently treats a CA that is not PEM as an empty one.
      if (value === undefined || isPem(value)) continue;
      throw new OptionError(
        `queue.tls.${name}`,
        '(not PEM)',
        'pass the content of the PEM file, such as readFileSync(path)',
      );
    }
  }
  if (tls.rejectUnauthorized !== undefined && typeof tls.rejectUnauthorized !== 'boolean') {
    const remedy = 'use true, or false to trust any server; set ca to trust a private CA';
    throw new OptionError('queue.tls.rejectUnauthorized', tls.rejectUnauthorized, remedy);
  }
  if (tls.servername !== undefined && !/\S/.test(String(tls.servername))) {
    const remedy = 'use the host name in the server certificate, or leave it out';
    throw new OptionError('queue.tls.servername', tls.servername, remedy);
  }
  try {
    createSecureContext(tls);
  } catch (error) {
    throw new OptionError('queue.tls', '(set)', `node:tls rejects it: ${(error as Error).message}`);
  }
  return { tls };
}

/** A key may also be `{ pem, passphrase }`, which Node checks itself. */
function isPem(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('-----BEGIN');
  if (!Buffer.isBuffer(value)) return typeof value === 'object';
  return value.includes('-----BEGIN');
}
