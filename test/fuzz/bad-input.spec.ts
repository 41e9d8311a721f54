import { eventually } from '@loyalnest/testing';
import * as fc from 'fast-check';
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { APPS, SampleStack, type AppName } from '../e2e/sample-stack.js';
import { curlLine } from './curl-line.js';
import { hostileRequest, type WireRequest } from './hostile-request.js';
import { KNOWN_INPUTS } from './known-inputs.js';
import { ADMIN_TOKEN, ROUTE_CASES, type RouteCase } from './route-cases.js';
import { sendRequest, type WireAnswer } from './send-request.js';

const ROOT = resolve(__dirname, '..', '..');
/** Number of inputs; raise it for a longer search. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 5_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
/** Routes with a body get most of the inputs. */
const WEIGHTS = ROUTE_CASES.map(({ body, params }) => (body ? 6 : params ? 2 : 1));
const RUNS_PER_WEIGHT = RUNS / WEIGHTS.reduce((sum, weight) => sum + weight, 0);
/** Above the limit of every route: the server may answer and disconnect while we still send. */
const CUT_BYTES = 100_000;
const MAX_FAILURES = 10;
/** No input may keep a service busy for this long. Most take 1 or 2 ms. */
const SLOW_MS = 500;
/** A signed webhook may be large: 100,000 fields take about 150 ms. */
const SLOW_SIGNED_MS = 2_000;

let stack: SampleStack;

beforeAll(async () => {
  process.stdout.write(`fuzz: FUZZ_SEED=${SEED} FUZZ_RUNS=${RUNS}\n`);
  stack = await SampleStack.start({
    environment: {
      ADMIN_TOKENS: `fuzz:destroy:${ADMIN_TOKEN}`,
      LOG_LEVEL: 'error',
      // The limits read x-forwarded-for.
      TRUST_PROXY: '1',
    },
  });
}, 60_000);
afterAll(() => stack?.stop());

it('has a case for each public route of each service', async () => {
  const routes = await Promise.all(APPS.map(routesOf));
  const cases = ROUTE_CASES.map(({ app, route }) => `${app} ${route}`);
  expect(cases.toSorted()).toEqual(routes.flat().toSorted());
});

it.each(KNOWN_INPUTS)('answers %s with its status', async (_what, request, status) => {
  expect(await send(request)).toMatchObject({ status });
});

it(
  `answers ${RUNS} hostile inputs without a 5xx and without opening a circuit`,
  async () => {
    const counts: Record<Outcome, number> = {
      accepted: 0,
      refused: 0,
      door: 0,
      overload: 0,
      cut: 0,
      slow: 0,
      failure: 0,
    };
    const failures: string[] = [];
    let slowest = { durationMs: 0, route: '' };
    for (const [index, route] of ROUTE_CASES.entries()) {
      const requests = hostileRequest(route);
      const seed = SEED + index;
      const numRuns = Math.ceil(RUNS_PER_WEIGHT * WEIGHTS[index]!);
      for (const [path, request] of fc.sample(requests, { numRuns, seed }).entries()) {
        const { outcome, ...answer } = await tried(route, request);
        counts[outcome]++;
        const { durationMs } = answer;
        if (durationMs > slowest.durationMs) slowest = { durationMs, route: route.route };
        if (!isFailure(outcome) || failures.length >= MAX_FAILURES) continue;
        failures.push(await report(route, { seed, path: String(path) }, request, answer));
      }
    }
    const sent = Object.values(counts).reduce((sum, count) => sum + count);
    const pastTheDoor = (counts.accepted + counts.refused) / (sent - counts.overload);
    process.stdout.write(`fuzz: ${JSON.stringify({ sent, ...counts, pastTheDoor, slowest })}\n`);
    expect(failures.join('\n\n')).toBe('');
    expect(pastTheDoor).toBeGreaterThanOrEqual(0.8);
    expect(await openedCircuits()).toEqual([]);
    for (const app of APPS) {
      expect(stack.apps.get(app)!.running).toBe(true);
      await eventually(async () => {
        expect((await stack.call(app, 'GET', '/health/ready')).status).toBe(200);
      });
    }
  },
  Math.max(110_000, RUNS * 100),
);

/**
 * `slow`: takes long each time, so that it blocks the event loop for others. `door`: refused by signature, token or rate limit, which proves nothing about the route. `cut`: the
 * server disconnected while we sent more than it accepts.
 */
type Outcome = 'accepted' | 'refused' | 'door' | 'overload' | 'cut' | 'slow' | 'failure';

function isFailure(outcome: Outcome): boolean {
  return outcome === 'failure' || outcome === 'slow';
}

/** Sends an input; one that takes long again and again, since the machine may have been busy. */
async function tried(
  { signed }: RouteCase,
  request: WireRequest,
): Promise<WireAnswer & { readonly outcome: Outcome }> {
  const limitMs = signed ? SLOW_SIGNED_MS : SLOW_MS;
  let answer = await send(request);
  for (let again = 0; again < 5 && answer.durationMs > limitMs; again++) {
    const next = await send(request);
    if (next.durationMs < answer.durationMs) answer = next;
  }
  const outcome = outcomeOf(request, answer);
  return { ...answer, outcome: answer.durationMs > limitMs ? 'slow' : outcome };
}

function outcomeOf({ target, body }: WireRequest, { status, body: answer }: WireAnswer): Outcome {
  if (status === undefined) return body.length > CUT_BYTES ? 'cut' : 'failure';
  if (status === 503 && answer.includes('"OVERLOADED"')) return 'overload';
  // A health page says that the machine is busy, whatever it was asked.
  if (status === 503 && target.startsWith('/health')) return 'overload';
  if (status >= 500) return 'failure';
  if (status === 401 || status === 403 || status === 429) return 'door';
  return status >= 400 ? 'refused' : 'accepted';
}

function send(request: WireRequest): Promise<WireAnswer> {
  return sendRequest(stack.urlOf(request.app), request);
}

/** Shrinks a failing request and describes how to repeat it. */
async function report(
  route: RouteCase,
  { seed, path }: { readonly seed: number; readonly path: string },
  request: WireRequest,
  { status, body, durationMs }: WireAnswer,
): Promise<string> {
  const fails = fc.asyncProperty(hostileRequest(route), async (one) => {
    return !isFailure((await tried(route, one)).outcome);
  });
  const { counterexample } = await fc.check(fails, {
    seed,
    path,
    numRuns: 1,
    interruptAfterTimeLimit: 3_000,
  });
  const smallest = counterexample?.[0] ?? request;
  return [
    `${route.app} ${route.route}: ${status ?? 'no answer'} after ${durationMs} ms ${body.slice(0, 400)}`,
    `FUZZ_SEED=${SEED}, seed ${seed}, path ${path}`,
    curlLine(stack.urlOf(route.app), smallest),
  ].join('\n');
}

/** Every circuit of every service that has opened since the start, even if it has closed since. */
async function openedCircuits(): Promise<readonly string[]> {
  const opened = await Promise.all(
    APPS.map(async (app) => {
      const metrics = await (await fetch(`${stack.urlOf(app)}/metrics`)).text();
      const lines = metrics.split('\n');
      return lines.filter((line) => /^loyalnest_circuit_transitions_total\{.*to="open"/.test(line));
    }),
  );
  return opened.flat();
}

async function routesOf(app: AppName): Promise<readonly string[]> {
  const module = join(ROOT, 'dist', 'apps', app, 'app.module.js');
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(ROOT, 'test', 'fuzz', 'list-routes.ts'),
    module,
  ]);
  return (JSON.parse(stdout) as string[]).map((route) => `${app} ${route}`);
}
