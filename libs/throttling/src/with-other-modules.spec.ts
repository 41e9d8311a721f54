import { HealthModule } from '@loyalnest/health';
import { MetricsModule } from '@loyalnest/observability';
import { eventually, FakeClock, forEachPlatform, freePort } from '@loyalnest/testing';
import { shopApp, statuses } from '../test/shop-app.js';

forEachPlatform((platform) => {
  const limits = [{ name: 'ip', by: 'ip', limit: 2, per: '1m' }] as const;

  it('probes and metrics are not limited, and the metrics count allowed and refused requests', async () => {
    const { url, close } = await shopApp(
      platform,
      { limits, clock: new FakeClock() },
      { imports: [HealthModule.forRoot({}), MetricsModule.forRoot({ service: 'shop' })] },
    );
    for (const path of ['health/live', 'health/ready', 'health', 'metrics']) {
      expect(await statuses(`${url}/${path}`, 4)).not.toContain(429);
    }
    expect(await statuses(`${url}/orders`, 4)).toEqual([200, 200, 429, 429]);
    // The metrics page is cached for a moment.
    await eventually(async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics.split('\n')).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^loyalnest_throttling_requests.*limit="ip".*"allowed".* 2$/),
          expect.stringMatching(/^loyalnest_throttling_requests.*limit="ip".*"refused".* 2$/),
        ]),
      );
    });
    await close();
  });

  it('without Redis, the service is degraded and the metrics count its own decisions', async () => {
    const redis = `redis://127.0.0.1:${await freePort()}`;
    const { url, close } = await shopApp(
      platform,
      { limits, url: redis },
      {
        imports: [
          HealthModule.forRoot({ interval: '100ms', failures: 1, memory: false, eventLoop: false }),
          MetricsModule.forRoot({ service: 'shop' }),
        ],
      },
    );
    expect(await statuses(`${url}/orders`, 3)).toEqual([200, 200, 429]);
    await eventually(async () => {
      const response = await fetch(`${url}/health`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        status: 'degraded',
        details: { 'redis:throttling': { code: 'not-connected' } },
      });
    });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/loyalnest_throttling_fallback_total(\{.*\})? 3\n/);
    expect(metrics).toMatch(/loyalnest_throttling_redis_up(\{.*\})? 0\n/);
    await close();
  });
});
