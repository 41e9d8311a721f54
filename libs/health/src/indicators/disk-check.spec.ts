import { CHECK_HEALTH } from '@loyalnest/core';
import { DiskCheck } from '../index.js';

it.each([
  [{ degradedAt: 1, downAt: 1 }, 'up'],
  [{ degradedAt: 0, downAt: 1 }, 'degraded'],
  [{ degradedAt: 0, downAt: 0 }, 'down'],
])('compares the used share of a real file system with %j: %s', async (limits, status) => {
  const observation = await new DiskCheck({ path: '/', ...limits })[CHECK_HEALTH]();
  expect(observation.status).toBe(status);
  const { usedRatio, inodesRatio, freeMib } = observation.observed!;
  expect(usedRatio).toBeGreaterThan(0);
  expect(usedRatio).toBeLessThan(1);
  expect(inodesRatio).toBeGreaterThanOrEqual(0);
  expect(freeMib).toBeGreaterThan(0);
  expect(observation.code).toBe(
    status === 'up' ? undefined : usedRatio! >= inodesRatio! ? 'disk-space' : 'disk-inodes',
  );
});

it('fails for a folder that does not exist', async () => {
  const check = new DiskCheck({ path: '/no/such/folder' });
  await expect(check[CHECK_HEALTH]()).rejects.toThrow('ENOENT');
});

it('refuses invalid limits', () => {
  expect(() => new DiskCheck({ degradedAt: 80 })).toThrow('DiskCheck.degradedAt: got 80');
  expect(() => new DiskCheck({ degradedAt: 0.9, downAt: 0.8 })).toThrow(
    'DiskCheck.downAt: got 0.8',
  );
});
