// What the service defaults cost per request. A bare Nest application and one for each part run in
// their own processes and get requests in turn, in random order.
import { RedisServer } from '@loyalnest/testing';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure, Topic } from './figure.js';

const ADAPTERS = ['express', 'fastify'];
/** Design goal: throughput with all defaults, as a share of a bare application that also logs. */
const MIN_THROUGHPUT = 0.6;
/** Only catches large regressions. */
const MAX_US = 150;

const PARTS = [
  'context',
  'access-log',
  'metrics',
  'validation',
  'deadline',
  'server-limits',
  'input-limits',
  'load-shedding',
  'throttling',
  'throttling-redis',
];
const TRACED = ['defaults-tracing-1-in-10', 'defaults-tracing-all'];
const VARIANTS = ['bare', 'bare-with-log', ...PARTS, 'defaults', ...TRACED];

const BLOCKS = 21;
const WARM_UP = 6;
const REQUESTS = 1_000;
const CONNECTIONS = 16;

const request: Topic = async () => {
  const redis = await RedisServer.start();
  try {
    const figures: Figure[] = [];
    for (const adapter of ADAPTERS) figures.push(...(await measureAdapter(adapter, redis.url)));
    return figures;
  } finally {
    await redis.stop();
  }
};

export default request;

/** Processor time and wall time per request of one block, in microseconds. */
interface Block {
  readonly cpuUs: number;
  readonly wallUs: number;
}

async function measureAdapter(adapter: string, redisUrl: string): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-request-'));
  const services = await Promise.all(
    VARIANTS.map((name) => Service.start(name, adapter, folder, redisUrl)),
  );
  try {
    const cost = await costs(services);
    // Compares within a round, so that a temporary slowdown of the machine affects both.
    const compare = (one: string, other: string, by: (a: Block, b: Block) => number): number =>
      median(cost(one).map((block, round) => by(block, cost(other)[round]!)));
    const added = (name: string, to: string): Figure => ({
      name: `request/${name}-${adapter}`,
      value: compare(name, to, (a, b) => a.cpuUs - b.cpuUs),
      unit: `us of processor time on top of ${median(cost(to).map(({ cpuUs }) => cpuUs)).toFixed(0)}`,
      bar: MAX_US,
      direction: '<=',
    });
    return [
      {
        name: `request/defaults-throughput-${adapter}`,
        value: compare('bare-with-log', 'defaults', (bare, ours) => bare.wallUs / ours.wallUs),
        unit: `of a bare application's ${(1e6 / median(cost('bare-with-log').map(({ wallUs }) => wallUs))).toFixed(0)} per second`,
        bar: MIN_THROUGHPUT,
        direction: '>=',
      },
      added('defaults', 'bare-with-log'),
      ...PARTS.map((name) => added(name, name === 'deadline' ? 'context' : 'bare')),
      ...TRACED.map((name) => added(name, 'defaults')),
      await scrape(
        services.find(({ name }) => name === 'defaults')!,
        adapter,
      ),
    ];
  } finally {
    for (const service of services) service.stop();
    rmSync(folder, { recursive: true });
  }
}

async function costs(services: readonly Service[]): Promise<(name: string) => readonly Block[]> {
  const blocks = new Map(services.map(({ name }) => [name, [] as Block[]]));
  for (let block = -WARM_UP; block < BLOCKS; block++) {
    for (const service of shuffled(services)) {
      const cost = await service.work();
      if (block >= 0) blocks.get(service.name)!.push(cost);
    }
  }
  return (name) => blocks.get(name)!;
}

async function scrape(service: Service, adapter: string): Promise<Figure> {
  const spent: number[] = [];
  for (let i = 0; i < 5; i++) {
    // Longer than the service may reuse a collection.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const before = await service.spentUs();
    await (await fetch(`${service.url}/metrics`)).text();
    spent.push((await service.spentUs()) - before);
  }
  return {
    name: `request/scrape-${adapter}`,
    value: median(spent) / 1_000,
    unit: 'ms of processor time',
    bar: 20,
    direction: '<=',
  };
}

/** The process of one variant, and the connections to it. */
class Service {
  private readonly lanes: Lane[];
  readonly name: string;
  readonly url: string;
  private readonly child: ChildProcess;

  private constructor(name: string, url: string, child: ChildProcess) {
    this.name = name;
    this.url = url;
    this.child = child;
    this.lanes = Array.from({ length: CONNECTIONS }, () => new Lane(url));
  }

  static async start(
    name: string,
    adapter: string,
    folder: string,
    redisUrl: string,
  ): Promise<Service> {
    const file = new URL('./request.service.ts', import.meta.url);
    const child = fork(file, [name, adapter, join(folder, name)], {
      env: { ...process.env, NODE_ENV: 'production', REDIS_URL: redisUrl },
    });
    const [url] = (await once(child, 'message')) as [string];
    return new Service(name, url, child);
  }

  async work(): Promise<Block> {
    const before = await this.spentUs();
    const startedAt = performance.now();
    let left = REQUESTS;
    await Promise.all(
      this.lanes.map(async (lane) => {
        while (left-- > 0) await lane.ask();
      }),
    );
    const wallUs = ((performance.now() - startedAt) * 1_000) / REQUESTS;
    return { wallUs, cpuUs: ((await this.spentUs()) - before) / REQUESTS };
  }

  async spentUs(): Promise<number> {
    const answered = once(this.child, 'message') as Promise<[NodeJS.CpuUsage]>;
    this.child.send('cpu');
    const [{ user, system }] = await answered;
    return user + system;
  }

  stop(): void {
    for (const lane of this.lanes) lane.close();
    this.child.disconnect();
  }
}

/** A connection with one request at a time. Node's own client would cost more than the service. */
class Lane {
  private readonly socket: Socket;
  private readonly bytes: Buffer;
  private received = '';
  private answered: (() => void) | undefined;
  private failed: ((error: Error) => void) | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    const body = JSON.stringify({ orderId: 'order-1001', points: 25 });
    this.bytes = Buffer.from(
      `POST /orders HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n` +
        `content-length: ${body.length}\r\n\r\n${body}`,
    );
    this.socket = connect(Number(port), hostname).setNoDelay().setEncoding('latin1');
    this.socket.on('data', (text: string) => this.read(text));
    this.socket.on('error', (error) => this.failed?.(error));
    this.socket.on('close', () => this.failed?.(new Error('the connection was closed')));
  }

  ask(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.answered = resolve;
      this.failed = reject;
      this.received = '';
      this.socket.write(this.bytes);
    });
  }

  close(): void {
    this.failed = undefined;
    this.socket.destroy();
  }

  private read(text: string): void {
    this.received += text;
    if (!this.received.endsWith('{"accepted":"order-1001"}')) return;
    if (this.received.startsWith('HTTP/1.1 201 ')) this.answered?.();
    else this.failed?.(new Error(`answered ${this.received.slice(0, 40)}`));
  }
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
