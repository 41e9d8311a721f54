import {
  Downstream,
  eventually,
  isPrometheusAvailable,
  PrometheusServer,
} from '@loyalnest/testing';
import { mean, occurrences, quantile, share, shared, total } from './promql.js';

/** A service that has just failed for the first time, with a queue that two instances report. */
const METRICS = `# TYPE failures counter
failures{service="shop",kind="first"} 1
# TYPE calls counter
calls{service="shop"} 4
calls{service="idle"} 0
# TYPE depth gauge
depth{service="shop",queue="points"} 7
# TYPE times histogram
times_bucket{service="shop",le="1"} 3
times_bucket{service="shop",le="+Inf"} 4
times_sum{service="shop"} 6
times_count{service="shop"} 4
times_bucket{service="idle",le="1"} 0
times_bucket{service="idle",le="+Inf"} 0
times_sum{service="idle"} 0
times_count{service="idle"} 0
`;

(isPrometheusAvailable() ? describe : describe.skip)('the parts of queries', () => {
  let instances: readonly Downstream[];
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    instances = await Promise.all([Downstream.start(), Downstream.start()]);
    for (const instance of instances) {
      instance.answer(200, METRICS, { 'content-type': 'text/plain; version=0.0.4' });
    }
    prometheus = await PrometheusServer.start({
      targets: instances.map(({ url }, i) => ({ job: `shop-${i}`, url })),
      every: '200ms',
    });
    const isScraped = async (): Promise<boolean> =>
      (await prometheus.query('count_over_time(depth[1m]) > 2')).length === 2;
    await eventually(isScraped, { within: '20s' });
  }, 120_000);
  afterAll(async () => {
    await prometheus.stop();
    await Promise.all(instances.map((instance) => instance.stop()));
  });

  /** Values by label, as on a dashboard that shows all services. */
  async function values(expr: string, by = 'service'): Promise<Readonly<Record<string, number>>> {
    const asked = expr
      .replaceAll(/\$(service|instance)\b/g, '.*')
      .replaceAll('$__rate_interval', '1m');
    const series = await prometheus.query(asked);
    return Object.fromEntries(series.map(({ labels, value }) => [labels[by], value]));
  }

  it('counts the first value of a new series, which increase does not', async () => {
    expect(await values(occurrences('failures', 'service'))).toEqual({ shop: 2 });
    expect(await values('sum by (service) (increase(failures[1m]))')).toEqual({ shop: 0 });
  });

  it('computes a share if there is a whole, and 0 if there is no part', async () => {
    const calls = occurrences('calls', 'service');
    expect(await values(share(occurrences('failures', 'service'), calls))).toEqual({ shop: 0.25 });
    expect(await values(share(occurrences('unknown', 'service'), calls))).toEqual({ shop: 0 });
  });

  it('computes quantiles and means only if there are observations', async () => {
    expect(await values(quantile(0.5, 'times', 'service'))).toEqual({ shop: expect.any(Number) });
    expect(await values(mean('times', 'service'))).toEqual({ shop: 1.5 });
  });

  it('adds up what each instance owns, and counts once what instances share', async () => {
    expect(await values(total('depth', 'service'))).toEqual({ shop: 14 });
    expect(await values(shared('depth', 'service'))).toEqual({ shop: 7 });
  });
});
