import { OptionError } from '../options/option.error.js';
import { isLoyalNestError, LoyalNestError } from './loyalnest.error.js';

class BusyError extends LoyalNestError {
  readonly code = 'BUSY';
  readonly category = 'unavailable';
  readonly retryable = true;
}

it('has its name, its cause and the time to wait', () => {
  const cause = new Error('refused');
  const error = new BusyError('the queue is busy', { cause, retryAfterMs: 500 });
  expect(error).toMatchObject({ name: 'BusyError', cause, retryAfterMs: 500 });
});

it('is recognized even if it comes from another copy of the package', () => {
  const foreign = Object.assign(new Error('x'), { [Symbol.for('@loyalnest/core:error')]: true });
  expect(isLoyalNestError(new BusyError('x'))).toBe(true);
  expect(isLoyalNestError(foreign)).toBe(true);
  expect(isLoyalNestError(new Error('x'))).toBe(false);
  expect(isLoyalNestError(undefined)).toBe(false);
});

it('OptionError names path, value and remedy', () => {
  expect(new OptionError('queue.url', undefined, 'use redis://host:port').message).toBe(
    'queue.url: got undefined; use redis://host:port',
  );
});
