import { OptionError } from '@loyalnest/core';
import { createSecureContext, type ConnectionOptions } from 'node:tls';

const FILES = ['ca', 'cert', 'key'] as const;

/**
 * @param secure whether the address is `rediss://`
 * @throws OptionError that never shows a key
 */
export function checkTls(
  tls: ConnectionOptions | undefined,
  secure: boolean,
): { readonly tls?: ConnectionOptions } {
  if (tls === undefined) return secure ? { tls: {} } : {};
  if (!secure) {
    throw new OptionError('queue.tls', '(set)', 'use rediss:// instead of redis:// in the address');
  }
  for (const name of FILES) {
    const values: unknown[] = [tls[name]].flat();
    for (const value of values) {
      // Node takes a CA that is none for an empty one, without a word.
      if (value === undefined || isPem(value)) continue;
      throw new OptionError(
        `queue.tls.${name}`,
        '(no PEM)',
        'pass the content of the PEM file, such as readFileSync(path)',
      );
    }
  }
  if (tls.rejectUnauthorized !== undefined && typeof tls.rejectUnauthorized !== 'boolean') {
    const remedy = 'use true, or false to trust any server; with ca a private one can be trusted';
    throw new OptionError('queue.tls.rejectUnauthorized', tls.rejectUnauthorized, remedy);
  }
  if (tls.servername !== undefined && !/\S/.test(String(tls.servername))) {
    const remedy = 'name the host that the certificate of Redis is for, or leave it out';
    throw new OptionError('queue.tls.servername', tls.servername, remedy);
  }
  try {
    createSecureContext(tls);
  } catch (error) {
    throw new OptionError('queue.tls', '(set)', `node:tls refuses it: ${(error as Error).message}`);
  }
  return { tls };
}

/** Keys may also come as `{ pem, passphrase }`, which Node checks itself. */
function isPem(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('-----BEGIN');
  if (!Buffer.isBuffer(value)) return typeof value === 'object';
  return value.includes('-----BEGIN');
}
