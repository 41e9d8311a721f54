import { OptionError } from '@loyalnest/core';
import { getHashes } from 'node:crypto';

export type SignatureEncoding = 'base64' | 'hex';

/** How a signature is made: HMAC over the bytes of the body. */
export interface SignatureFormat {
  /** Hash of the HMAC, as OpenSSL names it. @defaultValue 'sha256' */
  readonly algorithm?: string;
  /** @defaultValue 'base64' */
  readonly encoding?: SignatureEncoding;
}

export interface WebhookSignatureModuleOptions extends SignatureFormat {
  /** Header with the signature. @defaultValue 'x-shopify-hmac-sha256' */
  readonly header?: string;
  /**
   * Secrets of which any may have signed: while one is replaced, list the new and the old. At
   * least one, none of them empty.
   */
  readonly secrets: readonly string[];
}

/** The options as they are used: checked, defaults filled in. */
export interface SignaturePolicy {
  readonly header: string;
  readonly secrets: readonly string[];
  readonly algorithm: string;
  readonly encoding: SignatureEncoding;
}

export function resolveSignatureOptions(options: WebhookSignatureModuleOptions): SignaturePolicy {
  const path = (name: string): string => `WebhookSignatureModule.${name}`;
  const { header = 'x-shopify-hmac-sha256', algorithm = 'sha256', encoding = 'base64' } = options;
  if (!/^[\w-]+$/.test(header)) {
    throw new OptionError(path('header'), header, 'use the name of a header');
  }
  if (!getHashes().includes(algorithm)) {
    throw new OptionError(path('algorithm'), algorithm, "use a hash of OpenSSL, such as 'sha256'");
  }
  if (encoding !== 'base64' && encoding !== 'hex') {
    throw new OptionError(path('encoding'), encoding, "use 'base64' or 'hex'");
  }
  return { header: header.toLowerCase(), secrets: checked(options.secrets), algorithm, encoding };
}

/** Refuses empty secrets: anybody can make an HMAC with an empty key. */
function checked(secrets: readonly string[]): readonly string[] {
  const path = 'WebhookSignatureModule.secrets';
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw new OptionError(path, secrets, 'list at least one secret');
  }
  secrets.forEach((secret: unknown, index) => {
    if (typeof secret !== 'string' || secret.trim() === '') {
      throw new OptionError(`${path}[${index}]`, secret, 'use a secret that is not empty');
    }
  });
  return [...secrets];
}
