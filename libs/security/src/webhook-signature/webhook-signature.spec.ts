import { signWebhook, verifyWebhookSignature } from './webhook-signature.js';

const body = Buffer.from('{"id":820982911946154508}');

describe('signWebhook', () => {
  it('signs like Shopify: HMAC-SHA256 of the bytes, in base64', () => {
    // RFC 4231, test case 2
    expect(signWebhook('what do ya want for nothing?', 'Jefe')).toBe(
      Buffer.from(
        '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
        'hex',
      ).toString('base64'),
    );
  });

  it('signs with another hash and encoding', () => {
    const format = { algorithm: 'sha512', encoding: 'hex' } as const;
    const signature = signWebhook(body, 'secret', format);
    expect(signature).toMatch(/^[0-9a-f]{128}$/);
    expect(verifyWebhookSignature(body, signature, ['secret'], format)).toBe(true);
    expect(verifyWebhookSignature(body, signature, ['secret'])).toBe(false);
  });
});

describe('verifyWebhookSignature', () => {
  const signature = signWebhook(body, 'new');

  it('accepts any of several secrets', () => {
    expect(verifyWebhookSignature(body, signature, ['new', 'old'])).toBe(true);
    expect(verifyWebhookSignature(body, signature, ['old', 'new'])).toBe(true);
    expect(verifyWebhookSignature(body, signature, ['old'])).toBe(false);
    expect(verifyWebhookSignature(body, signature, [])).toBe(false);
  });

  it('refuses the signature of another body', () => {
    expect(verifyWebhookSignature(`${body} `, signature, ['new'])).toBe(false);
  });

  it.each(['', 'AAAA', '?', `${signature}AA`, signature.slice(0, -4), ` ${signature}`, '🙂'])(
    'returns false for %p instead of throwing',
    (malformed) => {
      expect(verifyWebhookSignature(body, malformed, ['new'])).toBe(false);
    },
  );
});
