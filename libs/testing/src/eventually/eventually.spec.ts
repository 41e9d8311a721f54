import { eventually } from './eventually.js';
import { NotInTimeError } from './not-in-time.error.js';

describe('eventually', () => {
  it('gives the first result that is neither false nor an error', async () => {
    const results = [() => false as const, () => Promise.reject(new Error('not yet')), () => 42];
    expect(await eventually(async () => results.shift()!())).toBe(42);
  });

  it('takes an assertion that passes for a success', async () => {
    let n = 0;
    await eventually(() => expect(++n).toBe(3), { every: '1ms' });
  });

  it('shows the last failure when time is over', async () => {
    const failed = eventually(() => expect(1).toBe(2), { within: '30ms', what: 'the sum' });
    await expect(failed).rejects.toThrow(/the sum did not happen within 30 ms: [^]*Expected: 2/);
    await expect(failed).rejects.toBeInstanceOf(NotInTimeError);
  });
});
