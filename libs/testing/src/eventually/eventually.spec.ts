import { eventually } from './eventually.js';
import { NotInTimeError } from './not-in-time.error.js';

describe('eventually', () => {
  it('resolves to the first result that is neither false nor an error', async () => {
    const results = [() => false as const, () => Promise.reject(new Error('not yet')), () => 42];
    expect(await eventually(async () => results.shift()!())).toBe(42);
  });

  it('succeeds when an assertion passes', async () => {
    let n = 0;
    await eventually(() => expect(++n).toBe(3), { every: '1ms' });
  });

  it('reports the last failure when the time is up', async () => {
    const failed = eventually(() => expect(1).toBe(2), { within: '30ms', what: 'the sum' });
    await expect(failed).rejects.toThrow(/the sum did not happen within 30 ms: [^]*Expected: 2/);
    await expect(failed).rejects.toBeInstanceOf(NotInTimeError);
  });
});
