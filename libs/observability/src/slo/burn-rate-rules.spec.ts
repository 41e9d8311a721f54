import { OptionError } from '@loyalnest/core';
import { spawnSync } from 'node:child_process';
import { BURN_RATE_ALERTS, burnRateOf } from './burn-rate.js';
import { burnRateRules, type BurnRateRulesOptions, type ServiceLevelObjective } from './index.js';

const answered = {
  name: 'answered',
  kind: 'availability',
  service: 'shop',
  objective: 0.999,
} satisfies ServiceLevelObjective;
const started = {
  name: 'started',
  kind: 'job-start',
  service: 'shop',
  within: '1m',
  objective: 0.99,
} satisfies ServiceLevelObjective;

it('derives the burn rates from the shares of the budget', () => {
  const factors = Object.values(BURN_RATE_ALERTS).flat().map(burnRateOf);
  expect(factors).toEqual([14.4, 6, 3, 1]);
});

it('makes a group for each objective, from plain values that survive JSON', () => {
  const rules = burnRateRules([answered, started]);
  expect(rules.groups.map(({ name }) => name)).toEqual(['slo-answered', 'slo-started']);
  expect(JSON.parse(JSON.stringify(rules))).toEqual(rules);
});

it('labels all series with service and slo, and alerts also with their severity', () => {
  for (const rule of burnRateRules([answered]).groups[0]!.rules) {
    const labels = { service: 'shop', slo: 'answered' };
    if ('alert' in rule) expect(['page', 'ticket']).toContain(rule.labels['severity']);
    expect(rule.labels).toMatchObject(labels);
  }
});

it('adds the runbook to alerts if one is given', () => {
  const annotations = (options?: BurnRateRulesOptions) =>
    burnRateRules([answered], options).groups[0]!.rules.flatMap((rule) =>
      'alert' in rule ? [rule.annotations['runbook_url']] : [],
    );
  expect(annotations()).toEqual([undefined, undefined]);
  const runbook = 'https://runbooks.example/slo';
  expect(annotations({ runbook })).toEqual([runbook, runbook]);
});

interface Refused {
  readonly says: string;
  readonly given: readonly object[];
  readonly options?: object;
}

it.each<Refused>([
  { says: 'objectives: got []; declare at least one', given: [] },
  {
    says: "objectives[0].name: got 'A'; use lowercase letters",
    given: [{ ...answered, name: 'A' }],
  },
  { says: "objectives[1].name: got 'answered'; give each", given: [answered, answered] },
  { says: "objectives[0].kind: got 'up'; use availability", given: [{ ...answered, kind: 'up' }] },
  { says: "objectives[0].service: got ''; use the name", given: [{ ...answered, service: '' }] },
  { says: "objectives[0].service: got '{{a}}'", given: [{ ...answered, service: '{{a}}' }] },
  { says: 'objectives[0].objective: got 0; use a share', given: [{ ...answered, objective: 0 }] },
  { says: 'objectives[0].objective: got 1; use a share', given: [{ ...answered, objective: 1 }] },
  { says: 'objectives[0].objective: got 99.9', given: [{ ...answered, objective: 99.9 }] },
  { says: 'objectives[0].objective: got NaN', given: [{ ...answered, objective: Number.NaN }] },
  { says: 'objectives[0].routes: got []; list at least', given: [{ ...answered, routes: [] }] },
  { says: "objectives[0].routes[1]: got ''", given: [{ ...answered, routes: ['/a', ''] }] },
  { says: "objectives[0].methods[0]: got 'get'", given: [{ ...answered, methods: ['get'] }] },
  { says: "objectives[0].jobs: got [ 'x' ]; use only", given: [{ ...answered, jobs: ['x'] }] },
  { says: 'objectives[0].minEvents: got 0; use', given: [{ ...answered, minEvents: 0 }] },
  { says: 'burnRateRules.minFailures: got 1.5', given: [answered], options: { minFailures: 1.5 } },
  { says: "burnRateRules.runbook: got ''", given: [answered], options: { runbook: '' } },
  { says: 'burnRateRules.minimum: got 3; use only', given: [answered], options: { minimum: 3 } },
])('rejects with $says', ({ says, given, options }) => {
  const make = () => burnRateRules(given as ServiceLevelObjective[], options);
  expect(make).toThrow(OptionError);
  expect(make).toThrow(says);
});

it('rejects a bound that is not a bucket of the histogram, and lists the buckets', () => {
  expect(() => burnRateRules([{ ...answered, kind: 'latency', within: '300ms' }])).toThrow(
    "objectives[0].within: got '300ms'; use a bucket of the histogram: " +
      '5ms, 10ms, 25ms, 50ms, 75ms, 100ms, 250ms, 500ms, 750ms, 1000ms, 2500ms, 5000ms, 7500ms, 10000ms',
  );
  expect(() => burnRateRules([{ ...started, within: '30s' }])).toThrow(
    '5000ms, 15000ms, 60000ms, 300000ms, 900000ms, 3600000ms',
  );
  expect(() => burnRateRules([{ ...started, within: 'soon' as '1s' }])).toThrow(
    "objectives[0].within: got 'soon'; use milliseconds or a string",
  );
});

it('loads neither Nest, prom-client nor any other package', () => {
  const script = `
    import { registerHooks } from 'node:module';
    const names = new Set();
    registerHooks({ resolve(name, context, next) { names.add(name); return next(name, context); } });
    await import('@loyalnest/observability/slo');
    console.log(JSON.stringify([...names]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  const packages = (JSON.parse(stdout || stderr) as string[]).filter(
    (name) => !name.startsWith('.') && !name.startsWith('node:'),
  );
  expect(packages).toEqual([
    '@loyalnest/observability/slo',
    '@loyalnest/core',
    '@loyalnest/core/toolkit',
  ]);
});
