import { findInputFault, type InputFault } from './input-fault.js';

const LIMITS = { maxDepth: 3, maxKeys: 4, maxItems: 5 };
const parse = (text: string): unknown => JSON.parse(text);

it.each<[string, InputFault['kind'], string]>([
  ['"\\u0000"', 'nul', ''],
  ['{"a":{"b":["x","y\\u0000"]}}', 'nul', 'a.b[1]'],
  ['{"a":{"x\\u0000":1}}', 'nul', 'a["x\\u0000"]'],
  ['{"a":"\\ud800"}', 'lone-surrogate', 'a'],
  ['{"a":"x\\udc00"}', 'lone-surrogate', 'a'],
  ['{"\\udfff":1}', 'lone-surrogate', '["\\udfff"]'],
  ['{"a":{"__proto__":{"admin":true}}}', 'forbidden-key', 'a.__proto__'],
  ['{"constructor":1}', 'forbidden-key', 'constructor'],
  ['[[[[]]]]', 'depth', '[0][0][0]'],
  ['{"a":{"b":{"c":{}}}}', 'depth', 'a.b.c'],
  ['{"a":1,"b":2,"c":3,"d":4,"e":5}', 'keys', ''],
  ['{"a":{"b":{"c":1,"d":2,"e":3}}}', 'keys', 'a.b'],
  ['[1,2,3,4,5,6]', 'items', ''],
  ['{"a":[1,2,3],"b":[1,2,3]}', 'items', 'b'],
])('finds the fault in %s: %s at %p', (text, kind, path) => {
  expect(findInputFault(parse(text), LIMITS)).toMatchObject({ kind, path });
});

it.each([
  '{"a":{"b":["x","\\ud83d\\ude00","日本語"]}}',
  '[[[]],1,2]',
  '{"prototype":1,"toString":null}',
  'null',
  '-0',
  '1e400',
  '"auth0|5f7 gid://shopify/Shop/1"',
])('accepts %s', (text) => {
  expect(findInputFault(parse(text), LIMITS)).toBeUndefined();
});

it('accepts all names without limits', () => {
  expect(findInputFault(parse('{"constructor":"Ferrari","__proto__":{}}'))).toBeUndefined();
});

it('does not look into bytes, dates and class instances', () => {
  class Upload {
    readonly name = '\0';
  }
  const value = { bytes: Buffer.alloc(100), at: new Date(), upload: new Upload() };
  expect(findInputFault(value, LIMITS)).toBeUndefined();
});

it('looks into objects without a prototype, such as a parsed query', () => {
  const query = Object.assign(Object.create(null) as object, { a: '\0' });
  expect(findInputFault(query, LIMITS)).toMatchObject({ kind: 'nul', path: 'a' });
});

it('needs no stack for 500,000 levels', () => {
  const deep = parse('['.repeat(500_000) + ']'.repeat(500_000));
  expect(findInputFault(deep)).toBeUndefined();
  expect(findInputFault(deep, { ...LIMITS, maxItems: Infinity })).toMatchObject({ kind: 'depth' });
});

it('visits no more than the limits allow', () => {
  let visited = 0;
  const items = new Proxy(
    Array.from({ length: 1_000_000 }, () => 'x'),
    {
      get: (target, key) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) visited++;
        return Reflect.get(target, key) as unknown;
      },
    },
  );
  expect(findInputFault(items, LIMITS)).toMatchObject({ kind: 'items' });
  expect(visited).toBe(0);
});

it('shortens long paths', () => {
  const value = { ['k'.repeat(10_000)]: '\0' };
  expect(findInputFault(value)!.path.length).toBeLessThan(300);
});
