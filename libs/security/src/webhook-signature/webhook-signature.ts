import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SignatureEncoding, SignatureFormat } from './webhook-signature.options.js';

const PATTERNS: Readonly<Record<SignatureEncoding, RegExp>> = {
  base64: /^[A-Za-z0-9+/]+={0,2}$/,
  hex: /^[0-9a-fA-F]+$/,
};

/** Signs `body` the way a sender does. A string is signed as UTF-8. */
export function signWebhook(
  body: Uint8Array | string,
  secret: string,
  { algorithm = 'sha256', encoding = 'base64' }: SignatureFormat = {},
): string {
  return createHmac(algorithm, secret).update(body).digest(encoding);
}

/**
 * Whether any of the secrets signed these bytes. The duration reveals neither the expected signature
 * nor which secret matches. Returns false for a malformed signature; it does not throw.
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

/** Empty if the text is not valid: `Buffer.from()` would silently skip invalid characters. */
export function decodeSignature(signature: string, encoding: SignatureEncoding): Buffer {
  return Buffer.from(PATTERNS[encoding].test(signature) ? signature : '', encoding);
}
