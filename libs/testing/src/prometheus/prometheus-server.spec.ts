import { Downstream } from '../downstream/downstream.js';
import { eventually } from '../eventually/eventually.js';
import { isPrometheusAvailable } from './find-prometheus.js';
import { PrometheusQueryError } from './prometheus-query.error.js';
import { PrometheusServer } from './prometheus-server.js';

const METRICS = `# TYPE orders gauge
orders{shop="a"} 7
orders{shop="b"} +Inf
# TYPE times histogram
times_bucket{le="+Inf"} 1 # {trace_id="4bf9"} 0.25
# EOF
`;

(isPrometheusAvailable() ? describe : describe.skip)('PrometheusServer', () => {
  let prometheus: PrometheusServer;
  let service: Downstream;

  // The first start on a machine may have to download Prometheus.
  beforeAll(async () => {
    service = await Downstream.start();
    service.answer(200, METRICS, { 'content-type': 'application/openmetrics-text; version=1.0.0' });
    prometheus = await PrometheusServer.start({
      targets: [
        { job: 'shop', url: service.url, labels: { instance: 'shop-1' } },
        { job: 'shop', url: 'http://127.0.0.1:9', labels: { instance: 'shop-2' } },
      ],
      every: '200ms',
    });
  }, 120_000);
  afterAll(async () => {
    await prometheus.stop();
    await service.stop();
  });

  it('scrapes several targets of one job', async () => {
    const isUp = async (): Promise<void> => {
      const up = await prometheus.query('sort(up)');
      expect(up.map(({ labels, value }) => [labels['instance'], value])).toEqual([
        ['shop-2', 0],
        ['shop-1', 1],
      ]);
    };
    await eventually(isUp, { within: '20s' });
    expect(await prometheus.query('sort(orders)')).toEqual([
      {
        labels: { __name__: 'orders', instance: 'shop-1', job: 'shop', shop: 'a' },
        value: 7,
      },
      expect.objectContaining({ value: Infinity }),
    ]);
  });

  it('evaluates scalars and expressions without series', async () => {
    expect(await prometheus.query('1 + 1')).toEqual([{ labels: {}, value: 2 }]);
    expect(await prometheus.query('unknown')).toEqual([]);
  });

  it('returns the exemplars of a histogram', async () => {
    expect(await prometheus.exemplars('rate(times_bucket[1m])')).toEqual([
      { labels: { trace_id: '4bf9' }, value: 0.25 },
    ]);
  });

  it('reports what is wrong with an expression', async () => {
    const refused = prometheus.query('sum(orders');
    await expect(refused).rejects.toThrow(PrometheusQueryError);
    await expect(refused).rejects.toThrow('unclosed left parenthesis');
  });

  it('ends its process on stop', async () => {
    const other = await PrometheusServer.start();
    const { pid } = other;
    await other.stop();
    expect(other.pid).toBeUndefined();
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
  });
});
