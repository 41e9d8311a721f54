import { OptionError } from '@loyalnest/core';
import { isProduction, SECRET_REMEDY, secretWeakness } from '@loyalnest/core/toolkit';
import { getHashes } from 'node:crypto';

export type SignatureEncoding = 'base64' | 'hex';

/** How a signature is computed: an HMAC over the bytes of the body. */
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
   * The accepted secrets: at least one, and none of them empty. During a rotation, list the new and
   * the old one. In production each has at least 16 random characters and is no development secret.
   */
  readonly secrets: readonly string[];
}

/** The validated options, with defaults filled in. */
export interface SignaturePolicy {
  readonly header: string;
  readonly secrets: readonly string[];
  readonly algorithm: string;
  readonly encoding: SignatureEncoding;
}

export function resolveSignatureOptions(
  options: WebhookSignatureModuleOptions,
  environment: NodeJS.ProcessEnv = process.env,
): SignaturePolicy {
  const path = (name: string): string => `WebhookSignatureModule.${name}`;
  const { header = 'x-shopify-hmac-sha256', algorithm = 'sha256', encoding = 'base64' } = options;
  if (!/^[\w-]+$/.test(header)) {
    throw new OptionError(path('header'), header, 'use a header name');
  }
  if (!getHashes().includes(algorithm)) {
    throw new OptionError(
      path('algorithm'),
      algorithm,
      "use a hash that OpenSSL supports, such as 'sha256'",
    );
  }
  if (encoding !== 'base64' && encoding !== 'hex') {
    throw new OptionError(path('encoding'), encoding, "use 'base64' or 'hex'");
  }
  const secrets = checked(options.secrets, isProduction(environment));
  return { header: header.toLowerCase(), secrets, algorithm, encoding };
}

/** Anybody can compute an HMAC with an empty key. */
function checked(secrets: readonly string[], isStrict: boolean): readonly string[] {
  const path = 'WebhookSignatureModule.secrets';
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw new OptionError(path, secrets, 'list at least one secret');
  }
  secrets.forEach((secret: unknown, index) => {
    if (typeof secret !== 'string' || secret.trim() === '') {
      throw new OptionError(`${path}[${index}]`, secret, 'use a non-empty secret');
    }
    const weakness = isStrict ? secretWeakness(secret) : undefined;
    if (weakness) {
      throw new OptionError(`${path}[${index}]`, secret, `it ${weakness}; ${SECRET_REMEDY}`);
    }
  });
  return [...secrets];
}
