import { redactedError, redactFailure } from './failure-redaction.js';

it.each([
  ['no SMS to +49 176 1234567', '1234567'],
  ['ada@example.com has no account', 'ada'],
  ['401 for Authorization: Bearer hunter2hunter2', 'hunter2'],
  ['401 for cookie: session=hunter2', 'hunter2'],
  ['x-shopify-hmac-sha256: q83vEjRWeJA=', 'q83vEjRWeJA'],
  ['card 4242 4242 4242 4242 refused', '4242'],
  ['connect postgres://shop:hunter2@db', 'hunter2'],
])('redacts %s', (message, secret) => {
  const error = redactedError(new Error(message));
  expect(error.message).toContain('[redacted]');
  expect(`${error.message} ${error.stack}`).not.toContain(secret);
});

it('keeps ids, and the class and fields of the error', () => {
  const message = 'order 820982911946154508 of customer 115310627314723954 is not paid';
  expect(redactFailure(message)).toBe(message);
  const error = Object.assign(new RangeError('no SMS to +491761234567'), { code: 'SMS' });
  expect(redactedError(error)).toBeInstanceOf(RangeError);
  expect(redactedError(error)).toMatchObject({ code: 'SMS' });
});

it('stores at most 8000 characters', () => {
  expect(redactFailure('x'.repeat(20_000))).toHaveLength(8_001);
});

it.each(['postgres://shop:hunter2@db', 'ada.hunter2@example.com', '4242 4242 4242 4242'])(
  'redacts %s, wherever the text is cut',
  (secret) => {
    for (let inside = 1; inside < secret.length; inside++) {
      const text = redactFailure(`${' '.repeat(8_000 - inside)}${secret}${' '.repeat(9_000)}`);
      expect(text).not.toMatch(/hunter|4242/);
    }
  },
);
