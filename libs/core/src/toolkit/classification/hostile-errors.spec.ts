import fc from 'fast-check';
import { classifyError } from './classify-error.js';
import { classifyResult } from './classify-result.js';

/** Every field that a client somewhere uses. */
const FIELDS = [
  'name',
  'message',
  'stack',
  'code',
  'status',
  'statusCode',
  'response',
  'output',
  'getStatus',
  '$metadata',
  '$fault',
  '$retryable',
  '$response',
  'details',
  'metadata',
  'cause',
  'errors',
  'driverError',
  'original',
  'config',
  'command',
  'severity',
  'sqlState',
  'meta',
  'clientVersion',
  'category',
  'retryable',
  'headers',
  'body',
  'data',
  'type',
  'constructor',
  'problemCode',
  'deadlineSource',
  'deadlineMs',
];

const throwing = (): never => {
  throw new Error('hostile');
};

const TEXTS = [
  '',
  '23505',
  'P2002',
  'ECONNREFUSED',
  'AbortError',
  'ReplyError',
  'TypeError',
  'timeout',
];
const LEAVES: readonly unknown[] = [
  ...TEXTS,
  undefined,
  null,
  true,
  0,
  NaN,
  5,
  404,
  503,
  throwing,
  Symbol('x'),
  10n,
  [],
  'CIRCUIT_OPEN',
  'caller',
  new Error('x'),
  new TypeError('fetch failed'),
];
const KINDS = [
  'plain',
  'error',
  'branded',
  'getters',
  'proxy',
  'revoked',
  'cyclic',
  'array',
] as const;

/** How to make a value. The values themselves would break fast-check. */
type Recipe =
  | { readonly leaf: number }
  | { readonly kind: (typeof KINDS)[number]; readonly fields: Readonly<Record<string, Recipe>> };

const { recipe } = fc.letrec<{ recipe: Recipe }>((tie) => ({
  recipe: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.record({ leaf: fc.nat({ max: LEAVES.length - 1 }) }),
    fc.record({
      kind: fc.constantFrom(...KINDS),
      fields: fc.dictionary(fc.constantFrom(...FIELDS), tie('recipe'), { maxKeys: 8 }),
    }),
  ),
}));

function made(from: Recipe): unknown {
  if ('leaf' in from) return LEAVES[from.leaf];
  const fields = Object.entries(from.fields).map(([name, field]) => [name, made(field)] as const);
  return shaped(Object.fromEntries(fields), from.kind);
}

function shaped(fields: Record<string, unknown>, kind: (typeof KINDS)[number]): object {
  switch (kind) {
    case 'error':
      return withFields(new Error('x'), fields);
    case 'branded':
      return withFields(new Error('x'), { ...fields, [Symbol.for('@loyalnest/core:error')]: true });
    case 'getters':
      return Object.defineProperties(
        {},
        Object.fromEntries(Object.keys(fields).map((name) => [name, { get: throwing }])),
      );
    case 'proxy':
      return new Proxy(fields, { get: throwing, has: throwing, getPrototypeOf: throwing });
    case 'revoked': {
      const { proxy, revoke } = Proxy.revocable(fields, {});
      revoke();
      return proxy;
    }
    case 'cyclic': {
      const error = withFields(new Error('x'), fields);
      return withFields(error, { cause: error, errors: [error, error] });
    }
    case 'array':
      return withFields([fields], fields);
    default:
      return fields;
  }
}

function withFields<Target extends object>(target: Target, fields: object): Target {
  for (const name of Reflect.ownKeys(fields)) {
    const value: unknown = Reflect.get(fields, name);
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
  return target;
}

const OUTCOMES = ['failure', 'success', 'neutral'];

it('classifies whatever is thrown, without throwing', () => {
  fc.assert(
    fc.property(recipe, fc.boolean(), (from, callersDeadline) => {
      const { outcome, retryable } = classifyError(made(from), { callersDeadline });
      expect(OUTCOMES).toContain(outcome);
      expect(typeof retryable).toBe('boolean');
    }),
    { numRuns: 3_000 },
  );
});

it('classifies whatever is returned, without throwing', () => {
  fc.assert(
    fc.property(recipe, (from) => {
      expect(OUTCOMES).toContain(classifyResult(made(from)).outcome);
    }),
    { numRuns: 1_000 },
  );
});

it('follows an endless chain of causes only for a while', () => {
  let reads = 0;
  const endless = (): object => ({
    get cause() {
      reads++;
      return endless();
    },
  });
  expect(classifyError(endless())).toMatchObject({ outcome: 'failure' });
  expect(reads).toBeLessThan(100);
});

it('bounds the work for errors that contain many others', () => {
  let read = 0;
  const nest = (depth: number): object => ({
    get errors() {
      read++;
      return depth === 0 ? [] : Array.from({ length: 1_000 }, () => nest(depth - 1));
    },
  });
  classifyError(nest(5));
  expect(read).toBeLessThan(2_000);
});
