// The processor time of a probe relative to a handler that answers a constant. Both run in turn over
// the same connections, in random order.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { Figure, Topic } from './figure.js';

const ADAPTERS = ['express', 'fastify'];
const PROBES = ['live', 'ready', 'startup'];
const BAR = 1.2;

const BLOCKS = 41;
const WARM_UP = 10;
const REQUESTS = 500;
const CONNECTIONS = 8;

const probe: Topic = async () => {
  const figures: Figure[] = [];
  for (const adapter of ADAPTERS) figures.push(...(await measureAdapter(adapter)));
  return figures;
};

export default probe;

async function measureAdapter(adapter: string): Promise<readonly Figure[]> {
  const service = fork(new URL('./probe.service.ts', import.meta.url), [adapter]);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const [url] = (await once(service, 'message')) as [string];
    const paths = ['/constant', ...PROBES.map((page) => `/health/${page}`)];
    const cpuUs = await cpuPerRequest(service, (path) => ask(agent, url + path), paths);
    const constant = cpuUs.get('/constant')!;
    return PROBES.map((page) => ({
      name: `probe/${page}-${adapter}`,
      value: cpuUs.get(`/health/${page}`)! / constant,
      unit: `x a constant handler's ${constant.toFixed(0)} us`,
      bar: BAR,
      direction: '<=',
    }));
  } finally {
    agent.destroy();
    service.disconnect();
  }
}

/** Processor time of the service per request in microseconds: the lower quartile of the blocks. */
async function cpuPerRequest(
  service: ChildProcess,
  request: (path: string) => Promise<void>,
  paths: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const blocks = new Map(paths.map((path) => [path, [] as number[]]));
  for (let block = -WARM_UP; block < BLOCKS; block++) {
    for (const path of shuffled(paths)) {
      const before = await spentUs(service);
      await inLanes(() => request(path));
      const us = ((await spentUs(service)) - before) / REQUESTS;
      if (block >= 0) blocks.get(path)!.push(us);
    }
  }
  return new Map([...blocks].map(([path, values]) => [path, lowerQuartile(values)]));
}

async function spentUs(service: ChildProcess): Promise<number> {
  const answered = once(service, 'message') as Promise<[NodeJS.CpuUsage]>;
  service.send('cpu');
  const [{ user, system }] = await answered;
  return user + system;
}

async function inLanes(request: () => Promise<void>): Promise<void> {
  let left = REQUESTS;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await request();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
}

function ask(agent: Agent, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.on('end', resolve).resume();
    }).on('error', reject);
  });
}

function shuffled(paths: readonly string[]): string[] {
  return paths
    .map((path) => ({ path, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ path }) => path);
}

function lowerQuartile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)]!;
}
