import * as fc from 'fast-check';

/** Text that breaks parsers, databases, encoders or keys of caches, and text that must be accepted. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('\0', 'a\0b', '\ud800', '\udc00x') },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      'x'.repeat(10_000),
      'é'.repeat(300),
      '\ufeffid',
      '\u202eabc',
      '\u2028',
      '',
      ' ',
      '%',
      '%00',
      '../../../etc/passwd',
      '..',
      '.',
      '/',
      '//',
      '\\',
      "' OR 1=1 --",
      '$1',
      '{{7*7}}',
      '${x}',
      '__proto__',
      'constructor',
      'prototype',
      'hasOwnProperty',
      'toString',
      'then',
      'null',
      'undefined',
      'NaN',
      '-0',
      '1e400',
      '1e-400',
      '9'.repeat(40),
      '0000-01-01T00:00:00Z',
      '-000001-01-01T00:00:00Z',
      '10000-01-01',
      '+275760-09-13T00:00:00.000Z',
      '2026-13-45T99:99:99Z',
      '999999999999999999ms',
      '1e999s',
      '\r\nx-injected: 1',
      'auth0|5f7a',
      'gid://shopify/Shop/1',
      'ada+test@example.com',
      '日本語のお店',
      '😀'.repeat(20),
      '*',
      'points:x',
      '0'.repeat(64),
      'a'.repeat(60_000),
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
);

const nested = (open: string, inner: string, close: string, depth: number): string =>
  open.repeat(depth) + inner + close.repeat(depth);

const manyFields = (count: number): string =>
  `{${Array.from({ length: count }, (_unused, index) => `"k${index}":${index}`).join(',')}}`;

const depths = fc.constantFrom(2, 63, 64, 65, 500, 2_375, 20_000);

const ODD_JSON = [
  'null',
  'true',
  '[]',
  '{}',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e400',
  '-1e400',
  '1e-400',
  '9e15',
  '9'.repeat(40),
  `0.${'1'.repeat(400)}`,
  'NaN',
  'Infinity',
  '00',
  '1.',
  "'a'",
  '[1,]',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"constructor":1,"toString":null,"hasOwnProperty":0,"valueOf":{},"then":"x"}',
  '{"a":1,"a":2,"a":{"a":3}}',
  '{"length":-1}',
  '{"\\u0000":1}',
  '{"\\ud800":"\\udfff"}',
  '[[[null]],{"0":[]}]',
];

/** JSON text, mostly valid, that costs much or means something odd. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...ODD_JSON),
  },
  { weight: 2, arbitrary: depths.map((depth) => nested('[', '', ']', depth)) },
  { weight: 2, arbitrary: depths.map((depth) => nested('{"a":', '1', '}', depth)) },
  { weight: 1, arbitrary: fc.constantFrom(999, 1_001, 5_000, 100_000).map(manyFields) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(1_001, 50_000)
      .chain((count) =>
        fc.constantFrom('0', '{}', '""', '[]').map((item) => `[${Array(count).fill(item).join()}]`),
      ),
  },
  { weight: 2, arbitrary: fc.json({ maxDepth: 6 }) },
);

/** Bytes that are not the UTF-8 text of JSON. */
export const hostileBytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.constantFrom(
    Buffer.alloc(0),
    Buffer.from(' \n'),
    Buffer.from('{'),
    Buffer.from('{"a":"\xff\xfe"}', 'latin1'),
    Buffer.from('\ufeff{}'),
    Buffer.from('{}', 'utf16le'),
    Buffer.from('{"a":"\xed\xa0\x80"}', 'latin1'),
    Buffer.from('{"a":"\0"}'),
    Buffer.from('a=1&a=2&b[c][d]=3&__proto__[x]=1'),
    Buffer.from(`${'a[b]='.repeat(2_000)}1`),
    Buffer.from('<order/>'),
    Buffer.alloc(300_000, '['),
    Buffer.alloc(300_000, 0),
  ),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
