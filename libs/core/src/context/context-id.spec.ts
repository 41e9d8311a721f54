import { FakeClock } from '../testing/fake-clock.js';
import { isContextCarrier, toCarrier } from './context-carrier.js';
import { readContextHeaders, writeContextHeaders } from './context-headers.js';
import { decodeContextId, encodeContextId } from './context-id.js';
import { currentContext, runInChildContext, runInContext } from './request-context.js';

const IDS = [
  'demo.myshopify.com',
  'auth0|5f7c8ec7c33c6c004bbafe82',
  'gid://shopify/Shop/1',
  'ada@example.com',
  '株式会社ロイヤル',
  'Åsa Öberg',
  '100%',
  '%41',
  '50%25',
  'a%00b',
  "it's (a) *test*!~",
  '👩‍🚀',
  'a,b',
  ' a ',
  'x'.repeat(256),
  'é'.repeat(128),
];

const send = (merchantId: string) =>
  readContextHeaders(
    writeContextHeaders({ correlationId: 'c', merchantId, userId: merchantId }),
    new FakeClock(),
  );

describe('an id of a merchant or a user', () => {
  it.each(IDS)('arrives as it was sent: %s', (id) => {
    expect(send(id)).toMatchObject({ merchantId: id, userId: id });
    const stored: unknown = JSON.parse(JSON.stringify(toCarrier({ ...send(id) })));
    expect(isContextCarrier(stored)).toBe(true);
    expect(stored).toMatchObject({ merchantId: id, userId: id });
    expect(runInContext({ correlationId: 'c', merchantId: id }, currentContext)).toMatchObject({
      merchantId: id,
    });
  });

  it.each(IDS)('is a legal header value: %s', (id) => {
    expect(new Headers({ 'x-merchant-id': encodeContextId(id) }).get('x-merchant-id')).toBe(
      encodeContextId(id),
    );
  });

  it.each(['demo.myshopify.com', '42', 'a:b_c-d'])('is sent unchanged if it is plain: %s', (id) => {
    expect(encodeContextId(id)).toBe(id);
  });

  it('has an encoding of its own', () => {
    expect(new Set(IDS.map(encodeContextId)).size).toBe(IDS.length);
  });

  it.each(IDS)('arrives from a sender that uses encodeURIComponent: %s', (id) => {
    expect(decodeContextId(encodeURIComponent(id))).toBe(id);
  });

  it.each([
    ['an incomplete sequence', 'a%'],
    ['an incomplete sequence', 'a%4'],
    ['digits that are not hexadecimal', 'a%zz'],
    ['hexadecimal digits in lower case', 'a%7c'],
    ['a sequence for a character that needs none', '%41'],
    ['bytes that are not UTF-8', '%FF'],
    ['an overlong sequence', '%C0%80'],
    ['half of a surrogate pair', '%ED%A0%80'],
    ['a NUL', 'a%00b'],
    ['a line break', 'a%0Ab'],
    ['a line separator', 'a%E2%80%A8b'],
    ['only spaces', '%20%20'],
    ['encoded and other characters', 'a|b%20c'],
    ['a separator that is not encoded', 'auth0|5f7'],
    ['markup', '<script>'],
    ['a space', 'a b'],
    ['the values of two headers', 'a, b'],
    ['the values of two headers', 'a,b'],
    ['characters outside ASCII', 'é'],
    ['nothing', ''],
    ['too many bytes', 'x'.repeat(257)],
    ['too many bytes', '%C3%A9'.repeat(129)],
  ])('with %s is ignored aloud: %s', (_what, value) => {
    const ignored: string[] = [];
    const headers = { 'x-merchant-id': value, 'x-user-id': [value, value] };
    const context = readContextHeaders(headers, new FakeClock(), (name) => ignored.push(name));
    expect(context).not.toHaveProperty('merchantId');
    expect(context).not.toHaveProperty('userId');
    expect(ignored).toEqual(['x-merchant-id', 'x-user-id']);
  });

  it.each<[string, unknown]>([
    ['is blank', ''],
    ['is blank', ' '],
    ['contains control characters', 'a\0b'],
    ['contains control characters', 'a\nb'],
    ['contains control characters', 'a\u0085b'],
    ['contains control characters', 'a\u2028b'],
    ['contains half of a surrogate pair', 'a\ud800'],
    ['has 257 bytes', 'x'.repeat(257)],
    ['has 258 bytes', 'é'.repeat(129)],
    ['is of type number', 42],
    ['is of type object', null],
  ])('is refused where it is set if it %s: %j', (problem, id) => {
    for (const field of ['merchantId', 'userId'] as const) {
      const context = { correlationId: 'c', [field]: id as string };
      for (const set of [
        () => runInContext(context, () => 'ran'),
        () => runInChildContext({ [field]: id as string }, () => 'ran'),
      ]) {
        expect(set).toThrow(
          expect.objectContaining({
            code: 'INVALID_CONTEXT_ID',
            category: 'invalid',
            field,
            message: expect.stringContaining(`${field} ${problem}`),
          }),
        );
      }
      expect(isContextCarrier(context)).toBe(false);
    }
  });

  it('is not shown by the error that refuses it', () => {
    expect(() => runInChildContext({ userId: `ada@example.com\n` }, () => undefined)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('ada') }),
    );
  });
});

it.each(['', 'order 7', 'gid://shopify/Order/1', 'ü', 'x'.repeat(129)])(
  'a correlation id that no service accepts is refused where it is set: %j',
  (correlationId) => {
    expect(() => runInContext({ correlationId }, () => undefined)).toThrow('correlationId is malf');
    expect(() => runInChildContext({ correlationId }, () => undefined)).toThrow('correlationId');
    expect(isContextCarrier({ correlationId })).toBe(false);
  },
);

it('a malformed trace header is left out instead of breaking the request', () => {
  const context = { correlationId: 'c', traceparent: 'é', tracestate: 'a=b' };
  expect(writeContextHeaders(context)).toEqual({ 'x-correlation-id': 'c' });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect(writeContextHeaders({ ...context, traceparent, tracestate: 'a=é' })).toEqual({
    'x-correlation-id': 'c',
    traceparent,
  });
});
