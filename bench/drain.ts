// How long a shutdown takes: the time from SIGTERM until the instance is unready and until the process
// has ended, at several request rates.
import { ServiceProcess } from '@loyalnest/testing';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileApp } from '../test/integration/compile-app.ts';
import { openLoop } from '../test/chaos/open-loop.ts';
import type { Figure, Topic } from './figure.js';

const RATES = [0, 50, 200];
const ROUNDS = 3;
/** The configured delay, which the drain figure does not include. */
const PROPAGATION_MS = 1_000;
/** Requests take 20 to 300 ms. */
const UNREADY_BAR_MS = 200;
const DRAIN_BAR_MS = 1_500;

const drainTopic: Topic = async () => {
  const source = join(import.meta.dirname, 'drain.instance.ts');
  const program = await compileApp(source, ['core', 'health', 'graceful-shutdown']);
  try {
    const figures: Figure[] = [];
    for (const rate of RATES) {
      const runs: Awaited<ReturnType<typeof measure>>[] = [];
      for (let round = 0; round < ROUNDS; round++) runs.push(await measure(program.entry, rate));
      const of = (name: 'unreadyMs' | 'drainMs'): number => median(runs.map((run) => run[name]));
      figures.push(
        figure(`drain/unready-at-${rate}`, of('unreadyMs'), UNREADY_BAR_MS),
        figure(`drain/ended-at-${rate}`, of('drainMs'), DRAIN_BAR_MS),
      );
    }
    return figures;
  } finally {
    program.remove();
  }
};

export default drainTopic;

function figure(name: string, value: number, bar: number): Figure {
  return { name, value, unit: 'ms', bar, direction: '<=' };
}

async function measure(
  entry: string,
  rate: number,
): Promise<{ readonly unreadyMs: number; readonly drainMs: number }> {
  const service = await ServiceProcess.start({
    app: 'drain',
    readyWithin: '60s',
    entry,
    env: { OPTIONS: JSON.stringify({ propagationDelay: PROPAGATION_MS }) },
  });
  const agent = new Agent({ keepAlive: true });
  const ending = new AbortController();
  const work = async (index: number): Promise<void> => {
    await status(service.url, `/work/${20 + ((index * 37) % 281)}`, agent);
  };
  try {
    const load = rate > 0 ? openLoop(rate, work, ending.signal) : Promise.resolve();
    await sleep(1_000);
    const startedAt = performance.now();
    process.kill(service.pid!, 'SIGTERM');
    while ((await status(service.url, '/health/ready', agent)) === 200);
    const unreadyMs = performance.now() - startedAt;
    // By now the load balancer would have stopped sending requests.
    await sleep(PROPAGATION_MS - 200);
    ending.abort();
    await service.exited;
    const drainMs = performance.now() - startedAt - PROPAGATION_MS;
    await load;
    return { unreadyMs, drainMs };
  } finally {
    ending.abort();
    agent.destroy();
    await service.kill();
  }
}

/** The status code; 0 if there was no answer. */
function status(url: string, path: string, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const call = request(url + path, { agent }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode!));
    });
    call.on('error', () => resolve(0)).end();
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
