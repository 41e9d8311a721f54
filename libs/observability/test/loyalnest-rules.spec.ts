import { isPromtoolAvailable } from '@loyalnest/testing';
import { globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { ProcessMetrics } from '../src/metrics/process/process-metrics.js';
import type { AlertingRule, RuleFile } from '../src/slo/index.js';
import { metricsOf } from './promql-names.js';
import { promtool, PROMTOOL_TIMEOUT_MS } from './promtool.js';

const repository = resolve(__dirname, '../../..');
const folder = join(repository, 'libs/observability/prometheus');
const RUNBOOK = 'docs/runbooks/alerts.md';

const { groups } = parse(readFileSync(join(folder, 'loyalnest.rules.yml'), 'utf8')) as RuleFile;
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule): rule is AlertingRule => 'alert' in rule);
const tests = globSync('*.test.yml', { cwd: folder });

interface AlertTest {
  readonly expr: string;
  readonly exp_samples: readonly unknown[];
}

const alertTests = tests.flatMap((file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const { tests: cases } = parse(text) as {
    tests: readonly { readonly promql_expr_test: readonly AlertTest[] }[];
  };
  return cases.flatMap((one) => one.promql_expr_test);
});

it.each(alerts.map(({ alert }) => alert))(
  '%s has a case in which it fires, and one in which it does not',
  (name) => {
    const own = alertTests.filter(({ expr }) => expr.includes(`alertname="${name}"`));
    const fires = own.map(({ exp_samples }) => exp_samples.length > 0);
    expect(new Set(fires)).toEqual(new Set([true, false]));
  },
);

it.each(alerts)('$alert has a severity and links to its section of the runbook', (rule) => {
  expect(['page', 'ticket']).toContain(rule.labels['severity']);
  expect(rule.annotations).toEqual({
    summary: expect.any(String),
    description: expect.any(String),
    runbook_url: `${RUNBOOK}#${rule.alert.toLowerCase()}`,
  });
});

it('has a section in the runbook for each alert, and no others', () => {
  const page = readFileSync(join(repository, RUNBOOK), 'utf8');
  const sections = [...page.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
  expect(sections.toSorted()).toEqual(
    [...alerts.map(({ alert }) => alert), 'ErrorBudgetBurn'].toSorted(),
  );
});

it('uses only metrics that the suite exposes', async () => {
  const declared = globSync('libs/*/src/**/*.ts', { cwd: repository })
    .filter((file) => !file.endsWith('.spec.ts'))
    .flatMap((file) =>
      [...readFileSync(join(repository, file), 'utf8').matchAll(/\bname: '([a-z_]+)'/g)].map(
        ([, name]) => name!,
      ),
    );
  const ofProcess = await ProcessMetrics.ofThisProcess().registry.getMetricsAsJSON();
  const recorded = rules.flatMap((rule) => ('record' in rule ? [rule.record] : []));
  const known = new Set(['up', ...declared, ...recorded, ...ofProcess.map(({ name }) => name)]);
  const used = new Set(rules.flatMap(({ expr }) => metricsOf(expr)));
  expect(used.size).toBeGreaterThan(20);
  const unknown = [...used].filter(
    (name) => !known.has(name) && !known.has(name.replace(/_(bucket|count|sum)$/, '')),
  );
  expect(unknown).toEqual([]);
});

(isPromtoolAvailable() ? describe : describe.skip)('promtool', () => {
  it(
    'accepts the rules',
    () =>
      promtool('check', 'rules', '--lint=all', '--lint-fatal', join(folder, 'loyalnest.rules.yml')),
    PROMTOOL_TIMEOUT_MS,
  );

  it.each(tests.map((file) => basename(file)))(
    'passes %s',
    (file) => promtool('test', 'rules', join(folder, file)),
    PROMTOOL_TIMEOUT_MS,
  );
});
