import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SignatureEncoding, SignatureFormat } from './webhook-signature.options.js';

const PATTERNS: Readonly<Record<SignatureEncoding, RegExp>> = {
  base64: /^[A-Za-z0-9+/]+={0,2}$/,
  hex: /^[0-9a-fA-F]+$/,
};

/** The signature of `body` as a sender makes it. A string is signed as UTF-8. */
export function signWebhook(
  body: Uint8Array | string,
  secret: string,
  { algorithm = 'sha256', encoding = 'base64' }: SignatureFormat = {},
): string {
  return createHmac(algorithm, secret).update(body).digest(encoding);
}

/**
 * Whether any of the secrets signed these bytes. The time it takes tells nothing of the expected
 * signature, nor which secret fits. False, not an exception, for a signature of any other form.
 */
export function verifyWebhookSignature(
  body: Uint8Array | string,
  signature: string,
  secrets: readonly string[],
  { algorithm = 'sha256', encoding = 'base64' }: SignatureFormat = {},
): boolean {
  const given = decodeSignature(signature, encoding);
  let matches = false;
  for (const secret of secrets) {
    const expected = createHmac(algorithm, secret).update(body).digest();
    const equal = given.length === expected.length && timingSafeEqual(given, expected);
    matches = equal || matches;
  }
  return matches;
}

/** Empty if the text is not in the encoding: Buffer.from() would skip what it cannot read. */
export function decodeSignature(signature: string, encoding: SignatureEncoding): Buffer {
  return Buffer.from(PATTERNS[encoding].test(signature) ? signature : '', encoding);
}
