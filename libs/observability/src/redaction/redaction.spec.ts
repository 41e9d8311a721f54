import { Redaction } from './redaction.js';

describe('fields', () => {
  const redaction = new Redaction(['loyaltyPin']);

  it('that are named like a secret are redacted, at any depth and in any spelling', () => {
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

  it('that are headers in a list are redacted, whatever the list looks like', () => {
    const secret = 'theme=dark; x=hunter2';
    const copy = redaction.value({
      rawHeaders: ['Host', 'shop', 'Cookie', secret, 'X-Api-Key', 'hunter2'],
      pairs: [
        ['authorization', 'hunter2'],
        ['host', 'shop'],
      ],
      entries: [
        { name: 'Set-Cookie', value: secret },
        { key: 'DB_PASSWORD', value: 'hunter2' },
        { name: 'host', value: 'shop' },
      ],
      dump: `Cookie: ${secret}`,
    });
    expect(JSON.stringify(copy)).not.toContain('hunter2');
    expect(copy).toMatchObject({
      rawHeaders: ['Host', 'shop', 'Cookie', '[redacted]', 'X-Api-Key', '[redacted]'],
      pairs: [
        ['authorization', '[redacted]'],
        ['host', 'shop'],
      ],
      entries: [{ name: 'Set-Cookie' }, {}, { name: 'host', value: 'shop' }],
    });
  });

  it('that are the command of an error of Redis show no arguments', () => {
    const error = Object.assign(new Error('WRONGPASS'), {
      command: { name: 'auth', args: ['ada', 'hunter2'] },
    });
    const cause = new Error('no answer', { cause: error });
    expect(redaction.value(error)).toMatchObject({
      command: { name: 'auth', args: '[2 arguments]' },
    });
    expect(JSON.stringify(redaction.value([cause]))).not.toContain('hunter2');
    expect(redaction.value({ args: ['a'] })).toEqual({ args: ['a'] });
  });

  it('that only say whether there is a secret are kept', () => {
    expect(redaction.value({ emailVerified: true, token: undefined, phone: null })).toEqual({
      emailVerified: true,
      token: undefined,
      phone: null,
    });
  });

  it('of an error and its cause are redacted, and the error itself is not changed', () => {
    const cause = Object.assign(new Error('no SMS to +491761234567'), { token: 'hunter2' });
    const error = new Error('invite of ada@example.com failed', { cause });
    const copy = JSON.stringify(redaction.value(error));
    for (const secret of ['+491761234567', 'hunter2', 'ada@example.com']) {
      expect(copy).not.toContain(secret);
    }
    expect(copy).toContain('redaction.spec');
    expect(error.message).toBe('invite of ada@example.com failed');
  });

  it('that are unreadable, circular, very deep or very long are replaced by a note', () => {
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

  it('that contain a card number are redacted, whatever they are called', () => {
    expect(redaction.value({ ref: 4_111_111_111_111_111, order: 820_982_911_946 })).toEqual({
      ref: '[redacted]',
      order: 820_982_911_946,
    });
  });
});
