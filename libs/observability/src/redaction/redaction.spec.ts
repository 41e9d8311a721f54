import { redactText } from './redact-text.js';
import { Redaction } from './redaction.js';

describe('a text', () => {
  it.each([
    ['postgres://shop:hunter2@db:5432/shop', 'hunter2'],
    ['redis://:hunter2@localhost', 'hunter2'],
    ['password=hunter2 is wrong', 'hunter2'],
    ['client_secret: "hunter 2"', 'hunter 2'],
    ["x-shopify-hmac-sha256: 'q83vEjRWeJA='", 'q83vEjRWeJA'],
    ['Cookie: session=hunter2', 'hunter2'],
    ['Authorization: Bearer hunter2hunter2', 'hunter2'],
    ['sent with bearer abc.def-123', 'abc.def-123'],
    ['token eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl', 'eyJhbGciOiJI'],
    ['ada.lovelace+shop@example.co.uk has no account', 'ada.lovelace'],
    ['GET /invites?to=ada%40example.com', 'ada'],
    ['no SMS to +49 176 1234567', '1234567'],
    ['no SMS to %2B491761234567', '1234567'],
    ['call (415) 555-2671 now', '555-2671'],
    ['call 415-555-2671 now', '555-2671'],
    ['card 4111 1111 1111 1111 refused', '1111'],
    ['card 378282246310005 refused', '378282246310005'],
  ])('loses what it gives away: %s', (text, secret) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(text)).toContain('[redacted]');
  });

  it.each([
    'GET /v1/accounts/demo.myshopify.com/points 200',
    'order 820982911946154508 is paid',
    'trace 0af7651916cd43dd8448eb211c80319c',
    'job 1700000000000-0 completed in 4012 ms at 2026-11-21T08:38:09.561Z',
    'card 4111 1111 1111 1112 has no valid check digit',
    'the token expires soon',
    'correlation 2f1c6f0e-6d41-4b7e-9f5d-0c1f8a7d9e3b',
  ])('stays as it is: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('is searched in time that grows with its length only', () => {
    const hostile = ['token'.repeat(20_000), 'a.'.repeat(50_000) + '@', '+1 '.repeat(30_000)];
    const startedAt = performance.now();
    for (const text of hostile) redactText(text);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('fields', () => {
  const redaction = new Redaction(['loyaltyPin']);

  it('with the name of a secret lose their value at any depth, in any spelling', () => {
    const secret = 'hunter2';
    expect(
      redaction.value({
        Authorization: secret,
        'X-Shopify-Hmac-Sha256': secret,
        a: { b: [{ c: { access_token: secret } }], 'set-cookie': [secret] },
        customer: { phoneNumber: 49_176, EMAIL: secret, loyalty_pin: secret },
        headers: new Map([['cookie', secret]]),
      }),
    ).toEqual({
      Authorization: '[redacted]',
      'X-Shopify-Hmac-Sha256': '[redacted]',
      a: { b: [{ c: { access_token: '[redacted]' } }], 'set-cookie': '[redacted]' },
      customer: { phoneNumber: '[redacted]', EMAIL: '[redacted]', loyalty_pin: '[redacted]' },
      headers: { cookie: '[redacted]' },
    });
  });

  it('that only say whether there is a secret stay', () => {
    expect(redaction.value({ emailVerified: true, token: undefined, phone: null })).toEqual({
      emailVerified: true,
      token: undefined,
      phone: null,
    });
  });

  it('of an error and of its cause are clean, and the error itself is not changed', () => {
    const cause = Object.assign(new Error('no SMS to +491761234567'), { token: 'hunter2' });
    const error = new Error('invite of ada@example.com failed', { cause });
    const copy = JSON.stringify(redaction.value(error));
    for (const secret of ['+491761234567', 'hunter2', 'ada@example.com']) {
      expect(copy).not.toContain(secret);
    }
    expect(copy).toContain('redaction.spec');
    expect(error.message).toBe('invite of ada@example.com failed');
  });

  it('that cannot be read, that repeat themselves or that are endless do no harm', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['self'] = circle;
    let deep: object = {};
    for (let i = 0; i < 50; i++) deep = { deep };
    const broken = {
      get name(): string {
        throw new Error('gone');
      },
    };
    const copy = redaction.value({
      circle,
      deep,
      broken,
      many: Array.from({ length: 1_000 }, () => 1),
    });
    expect(copy).toMatchObject({ circle: { self: '[circular]' }, broken: '[unreadable]' });
    expect(JSON.stringify(copy)).toContain('[deeper]');
    expect((copy as { many: unknown[] }).many.at(-1)).toBe('[800 more]');
  });

  it('with the number of a card lose it, whatever they are called', () => {
    expect(redaction.value({ ref: 4_111_111_111_111_111, order: 820_982_911_946 })).toEqual({
      ref: '[redacted]',
      order: 820_982_911_946,
    });
  });
});
