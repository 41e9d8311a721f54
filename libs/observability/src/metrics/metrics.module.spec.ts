import {
  AdminAccess,
  AdminAccessError,
  diagnostics,
  OBSERVE_METRICS,
  runInContext,
  type Measurement,
} from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import {
  eventually,
  findPromtool,
  forEachPlatform,
  isPrometheusAvailable,
  isPromtoolAvailable,
  PrometheusServer,
  type RunningApp,
} from '@loyalnest/testing';
import {
  Controller,
  Get,
  Global,
  Injectable,
  Module,
  Param,
  Post,
  UnauthorizedException,
  type INestApplication,
} from '@nestjs/common';
import { spawnSync } from 'node:child_process';
import { request, type Server } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { readFamilies, type ReadFamily, type ReadSample } from '../../test/read-families.js';
import { MetricsModule, MetricsServer } from '../index.js';
import type { MetricsEndpointOptions, MetricsModuleOptions } from './metrics.options.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0';

@Controller('orders')
class Orders {
  @Get(':id')
  order(@Param('id') id: string): string {
    if (id === 'broken') throw new Error('no');
    if (id === 'secret') throw new UnauthorizedException();
    return id;
  }

  @Post()
  never(): Promise<void> {
    return new Promise(() => undefined);
  }
}

/** A metric source whose answer each test sets. */
@Injectable()
class Shelf {
  readonly metricSource = 'shelf';
  static asked = 0;
  static answer: (signal: AbortSignal) => Promise<readonly Measurement[]>;

  [OBSERVE_METRICS](signal: AbortSignal) {
    Shelf.asked++;
    return Shelf.answer(signal);
  }
}

const clock = new FakeClock();
const shelf = (value: number): readonly Measurement[] => [
  { name: 'shop_shelf_items', help: 'Items on the shelf', value, labels: { shelf: 'a' } },
];

beforeEach(() => {
  Shelf.asked = 0;
  Shelf.answer = async () => shelf(7);
});

forEachPlatform((platform) => {
  let running: RunningApp;
  afterEach(() => running.close());

  async function start(
    options: Partial<MetricsModuleOptions & MetricsEndpointOptions> = {},
    configure?: (app: INestApplication) => void,
  ) {
    @Global()
    @Module({
      providers: [{ provide: AdminAccess, useValue: { authorize } }],
      exports: [AdminAccess],
    })
    class Admins {}
    @Module({
      imports: [
        Admins,
        MetricsModule.forRoot({ service: 'shop', version: '1.4.0', clock, ...options }),
      ],
      controllers: [Orders],
      providers: [Shelf],
    })
    class App {}
    running = await platform.create(App, { ...(configure && { configure }) });
    return running.url;
  }

  async function scrape(url: string, accept = 'text/plain'): Promise<string> {
    await clock.advance(1_000);
    return (await fetch(`${url}/metrics`, { headers: { accept } })).text();
  }

  async function samples(url: string, family: string): Promise<readonly ReadSample[]> {
    return readFamilies(await scrape(url)).get(family)?.samples ?? [];
  }

  /** Series of the histogram as `method route status count`. */
  async function requests(url: string): Promise<readonly string[]> {
    return (await samples(url, 'http_server_request_duration_seconds'))
      .filter(({ name }) => name.endsWith('_count'))
      .map(({ labels, value }) =>
        [
          labels['http_request_method'],
          labels['http_route'],
          labels['http_response_status_code'],
          value,
        ].join(' '),
      )
      .sort();
  }

  it('measures requests by method, route template and status', async () => {
    const url = await start();
    for (const id of ['1', '2', 'secret', 'broken']) await fetch(`${url}/orders/${id}`);
    await fetch(`${url}/nothing/here`);
    await fetch(`${url}/orders/1`, { method: 'PROPFIND' });
    await eventually(async () =>
      expect(await requests(url)).toEqual([
        'GET /orders/:id 200 2',
        'GET /orders/:id 401 1',
        'GET /orders/:id 500 1',
        'GET unmatched 404 1',
        '_OTHER unmatched 404 1',
      ]),
    );
  });

  it('measures a request that middleware answers, and one whose client disconnects', async () => {
    const url = await start({}, (app) => {
      app.use(
        (req: { url: string }, res: { statusCode: number; end(): void }, next: () => void) => {
          if (req.url !== '/blocked') return next();
          res.statusCode = 403;
          res.end();
        },
      );
    });
    await fetch(`${url}/blocked`);
    const client = request(`${url}/orders`, { method: 'POST' }).on('error', () => undefined);
    client.end();
    await eventually(async () => {
      const active = await samples(url, 'http_server_active_requests');
      expect(active.find(({ labels }) => labels['http_request_method'] === 'POST')?.value).toBe(1);
    });
    client.destroy();
    await eventually(async () =>
      expect(await requests(url)).toEqual([
        expect.stringMatching(/^GET \S+ 403 1$/),
        'POST /orders 499 1',
      ]),
    );
    const active = await samples(url, 'http_server_active_requests');
    expect(active.every(({ value }) => value === 0)).toBe(true);
  });

  it('serves more than 40 metrics, with the service on every series and no duplicates', async () => {
    const url = await start();
    await fetch(`${url}/orders/1`);
    for (const accept of ['text/plain', OPEN_METRICS]) {
      const families = readFamilies(await scrape(url, accept));
      expect(families.size).toBeGreaterThan(40);
      const all = [...families.values()].flatMap(({ samples: ofFamily }) => ofFamily);
      for (const { labels } of all) expect(labels['service']).toBe('shop');
      const series = all.map(({ name, labels }) => [name, ...Object.entries(labels).sort()]);
      expect(new Set(series.map((one) => JSON.stringify(one))).size).toBe(all.length);
      const counters = [...families.values()].filter(({ type }) => type === 'counter');
      for (const { value } of counters.flatMap((counter) => counter.samples)) {
        expect(value).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('counts every observation of a histogram in its last bucket', async () => {
    const url = await start();
    for (const id of ['1', '2', 'broken']) await fetch(`${url}/orders/${id}`);
    await eventually(async () => expect(await requests(url)).toHaveLength(2));
    const families = [...readFamilies(await scrape(url)).values()];
    const histograms = families.filter(
      ({ type, samples: all }) => type === 'histogram' && all.length,
    );
    expect(histograms.map(({ name }) => name)).toContain('http_server_request_duration_seconds');
    for (const histogram of histograms) {
      expect(lastBuckets(histogram)).toEqual(countsOfSeries(histogram));
    }
  });

  it('follows the naming conventions of Prometheus', async () => {
    const url = await start();
    await fetch(`${url}/orders/1`);
    const families = readFamilies(await scrape(url));
    for (const { name, type } of families.values()) {
      // prom-client's own names are older than the conventions.
      if (name.startsWith('nodejs_') || name.startsWith('process_')) continue;
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(name).not.toMatch(/_(ms|milliseconds|percent|kb|mb)(_|$)/);
    }
  });

  it('reports the process and the build', async () => {
    const url = await start();
    const families = readFamilies(await scrape(url));
    for (const name of [
      'nodejs_eventloop_utilization_ratio',
      'nodejs_eventloop_delay_p99_seconds',
      'nodejs_gc_duration_seconds',
      'nodejs_heap_size_used_bytes',
      'process_resident_memory_bytes',
      'process_uptime_seconds',
      'process_cpu_seconds_total',
    ]) {
      expect([...families.keys()]).toContain(name);
    }
    expect(families.get('service_build_info')?.samples).toEqual([
      {
        name: 'service_build_info',
        labels: { service: 'shop', version: '1.4.0', node: process.version },
        value: 1,
      },
    ]);
  });

  it('shows the trace of a request in OpenMetrics only', async () => {
    const url = await start({}, inTrace);
    await fetch(`${url}/orders/1`);
    await eventually(async () => {
      const lines = (await scrape(url, OPEN_METRICS))
        .split('\n')
        .filter((line) => / # \{/.test(line));
      expect(lines).toEqual([
        expect.stringMatching(
          `^http_server_request_duration_seconds_bucket.* # {trace_id="${TRACE}",span_id="b7ad6b7169203331"} `,
        ),
      ]);
    });
    expect(await scrape(url)).not.toContain(TRACE);
  });

  it('adds at most one series to a metric for 10,000 random paths', async () => {
    const url = await start({ maxSeries: 50 });
    await fetch(`${url}/nothing`);
    await eventually(async () => expect(await requests(url)).toHaveLength(1));
    const before = countsOf(readFamilies(await scrape(url)));
    for (let i = 0; i < 10_000; i += 50) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, j) => {
          const answer = await fetch(`${url}/${crypto.randomUUID()}/${i + j}`);
          await answer.arrayBuffer();
        }),
      );
    }
    await eventually(async () => expect(await requests(url)).toEqual(['GET unmatched 404 10001']));
    const after = countsOf(readFamilies(await scrape(url)));
    for (const [name, count] of after) {
      // It has a series for each kind of garbage collection that has run so far.
      if (name === 'nodejs_gc_duration_seconds') continue;
      const added = count - (before.get(name) ?? 0);
      expect({ name, isBounded: added <= 1 }).toEqual({ name, isBounded: true });
    }
  }, 90_000);

  it('adds values above maxSeries to one series, and counts them', async () => {
    const url = await start({ maxSeries: 5, maxRoutes: 2 });
    for (let i = 0; i < 10_000; i++) {
      diagnostics('loyalnest:queue:job-enqueued').publish({ id: '1', name: `job.${i}` });
    }
    const jobs = await samples(url, 'loyalnest_jobs_enqueued_total');
    expect(jobs).toHaveLength(6);
    expect(jobs.find(({ labels }) => labels['job_name'] === 'other')?.value).toBe(9_995);
    expect((await samples(url, 'loyalnest_metric_overflow_total'))[0]).toMatchObject({
      labels: { metric: 'loyalnest_jobs_enqueued_total' },
      value: 9_995,
    });
  });

  it('limits the time and size of a scrape when its metrics are full', async () => {
    const url = await start();
    finishJobs(10_000);
    const before = process.cpuUsage();
    const text = await scrape(url);
    const { user, system } = process.cpuUsage(before);
    expect(readFamilies(text).get('loyalnest_job_attempts')?.samples.length).toBeGreaterThan(5_000);
    // 1001 series of two histograms, with 13 and 8 lines each, at about 130 bytes per line.
    expect(text.length).toBeLessThan(5_000_000);
    expect((user + system) / 1e6).toBeLessThan(2);
  });

  it('asks sources once per second, however many scrapes arrive', async () => {
    const url = await start();
    let answer = (): void => undefined;
    Shelf.answer = () => new Promise((resolve) => (answer = () => resolve(shelf(7))));
    const pages = Array.from({ length: 20 }, async () => (await fetch(`${url}/metrics`)).text());
    await eventually(() => expect(Shelf.asked).toBe(1));
    // The others wait for the same answer.
    await expect(Promise.race([...pages, setImmediate('none is done')])).resolves.toBe(
      'none is done',
    );
    answer();
    for (const page of await Promise.all(pages)) expect(page).toContain('shop_shelf_items');
    expect(Shelf.asked).toBe(1);
    Shelf.answer = async () => shelf(7);
    expect(await samples(url, 'shop_shelf_items')).toMatchObject([{ value: 7 }]);
    expect(Shelf.asked).toBe(2);
  });

  it('leaves out a source that hangs, fails or returns invalid names, and reports which', async () => {
    const url = await start();
    const up = async () =>
      (await samples(url, 'loyalnest_scrape_source_up')).find(
        ({ labels }) => labels['source'] === 'shelf',
      )?.value;
    expect(await up()).toBe(1);
    Shelf.answer = async () => {
      throw new Error('no');
    };
    expect(await up()).toBe(0);
    Shelf.answer = async () => [{ name: 'not a name', help: '', value: 1 }];
    expect(await up()).toBe(0);
    let gaveUp: AbortSignal | undefined;
    Shelf.answer = (signal) => {
      gaveUp = signal;
      return new Promise(() => undefined);
    };
    const silent = up();
    await eventually(() => expect(gaveUp).toBeDefined());
    await clock.advance(500);
    expect(await silent).toBe(0);
    expect(gaveUp?.aborted).toBe(true);
    const asked = Shelf.asked;
    // The previous answer is still outstanding.
    expect(await up()).toBe(0);
    expect(Shelf.asked).toBe(asked);
  });

  it('admits only admins if it has a guard', async () => {
    const url = await start({ guard: true });
    const statuses = await Promise.all(
      ['Bearer root', 'Bearer guest', undefined].map(async (authorization) => {
        const headers = authorization ? { authorization } : {};
        return (await fetch(`${url}/metrics`, { headers })).status;
      }),
    );
    expect(statuses).toEqual([200, 403, 401]);
  });

  it('is served only on its own port if it has one', async () => {
    const url = await start({ port: 0, host: '127.0.0.1' });
    const own = `http://127.0.0.1:${running.app.get(MetricsServer).port}`;
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect((await fetch(`${own}/orders/1`)).status).toBe(404);
    expect((await fetch(`${own}/metrics`, { method: 'POST' })).status).toBe(405);
    const answer = await fetch(`${own}/metrics`, { headers: { accept: OPEN_METRICS } });
    expect(answer.headers.get('content-type')).toContain('openmetrics');
    expect(await answer.text()).toMatch(/\n# EOF\n$/);
    await running.close();
    await expect(fetch(`${own}/metrics`)).rejects.toThrow();
    // afterEach closes a running application.
    await start();
  });

  it('does not measure scrapes and probes', async () => {
    const url = await start();
    await fetch(`${url}/health/live`);
    await scrape(url);
    expect(await requests(url)).toEqual([]);
  });

  (isPromtoolAvailable() ? it : it.skip)(
    'is accepted by promtool, even when its metrics are full',
    async () => {
      const promtool = await findPromtool();
      const url = await start();
      await fetch(`${url}/orders/1`);
      finishJobs(10_000);
      const { status, stderr } = spawnSync(promtool, ['check', 'metrics'], {
        input: await scrape(url),
        encoding: 'utf8',
      });
      // 3: promtool dislikes names of prom-client; 1: it cannot read the page.
      const complaints = stderr
        .split('\n')
        .filter((line) => line !== '' && !/^nodejs_|^process_/.test(line));
      expect([complaints, status === 1]).toEqual([[], false]);
    },
    120_000,
  );

  (isPrometheusAvailable() ? it : it.skip)(
    'is scraped by Prometheus as OpenMetrics, with counters and exemplars',
    async () => {
      const url = await start({}, inTrace);
      await fetch(`${url}/orders/1`);
      finishJobs(1);
      await clock.advance(1_000);
      const targets = [{ job: 'shop', url }];
      const prometheus = await PrometheusServer.start({ targets, every: '200ms' });
      try {
        const value = async (expr: string) => (await prometheus.query(expr))[0]?.value;
        await eventually(async () => expect(await value('up')).toBe(1), { within: '20s' });
        expect(await value('scrape_samples_scraped')).toBeGreaterThan(40);
        expect(await value('loyalnest_metric_overflow_total or vector(0)')).toBe(0);
        expect(await value('process_cpu_seconds_total')).toBeGreaterThan(0);
        expect(
          await prometheus.exemplars('http_server_request_duration_seconds_bucket'),
        ).toMatchObject([{ labels: { trace_id: TRACE, span_id: 'b7ad6b7169203331' } }]);
      } finally {
        await prometheus.stop();
      }
    },
    120_000,
  );
});

async function authorize({ headers }: { headers: Readonly<Record<string, unknown>> }) {
  const { authorization } = headers;
  if (authorization === 'Bearer root') return { name: 'ada', role: 'view' };
  throw new AdminAccessError(authorization ? 'forbidden' : 'unauthenticated', 'view');
}

/** Runs every request in a trace, as CorrelationModule does. */
function inTrace(app: INestApplication): void {
  const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
  const server = app.getHttpServer() as Server;
  const emit = server.emit.bind(server);
  server.emit = (event: string, ...args: unknown[]) =>
    event === 'request'
      ? runInContext({ correlationId: 'order-7', traceparent }, () => emit(event, ...args))
      : emit(event, ...args);
}

/** Reports one run of each of `count` different jobs. */
function finishJobs(count: number): void {
  for (let i = 0; i < count; i++) {
    const run = { id: '1', name: `job.${i}`, attempt: 1, outcome: 'completed', durationMs: 5 };
    diagnostics('loyalnest:queue:job-finished').publish(run);
  }
}

function countsOf(families: ReadonlyMap<string, ReadFamily>): Map<string, number> {
  // A histogram counts as one series, whatever its number of buckets.
  return new Map(
    [...families.values()].map((family) => [
      family.name,
      family.type === 'histogram' ? countsOfSeries(family).size : family.samples.length,
    ]),
  );
}

/** Returns the counts of a histogram by the labels of its series. */
function countsOfSeries({ samples: all }: ReadFamily): Map<string, number> {
  const counts = all.filter(({ name }) => name.endsWith('_count'));
  return new Map(counts.map(({ labels, value }) => [keyOf(labels), value]));
}

/** Returns the values of the `+Inf` buckets by the labels of their series. */
function lastBuckets({ samples: all }: ReadFamily): Map<string, number> {
  const last = all.filter(({ labels }) => labels['le'] === '+Inf');
  return new Map(
    last.map(({ labels, value }) => {
      const { le: _, ...ofSeries } = labels;
      return [keyOf(ofSeries), value];
    }),
  );
}

function keyOf(labels: ReadSample['labels']): string {
  return JSON.stringify(Object.entries(labels).sort());
}
