import { OptionError } from '../options/option.error.js';
import { isLoyalNestError, LoyalNestError } from './loyalnest.error.js';

class AwayError extends LoyalNestError {
  readonly code = 'AWAY';
  readonly category = 'unavailable';
  readonly retryable = true;
}

it('carries its name, cause and the time to wait', () => {
  const cause = new Error('refused');
  const error = new AwayError('the queue is away', { cause, retryAfterMs: 500 });
  expect(error).toMatchObject({ name: 'AwayError', cause, retryAfterMs: 500 });
});

it('is recognised, also from another copy of the package', () => {
  const foreign = Object.assign(new Error('x'), { [Symbol.for('@loyalnest/core:error')]: true });
  expect(isLoyalNestError(new AwayError('x'))).toBe(true);
  expect(isLoyalNestError(foreign)).toBe(true);
  expect(isLoyalNestError(new Error('x'))).toBe(false);
  expect(isLoyalNestError(undefined)).toBe(false);
});

it('names path, value and remedy of an option', () => {
  expect(new OptionError('queue.url', undefined, 'use redis://host:port').message).toBe(
    'queue.url: got undefined; use redis://host:port',
  );
});
