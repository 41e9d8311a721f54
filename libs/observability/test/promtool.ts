import { findPromtool } from '@loyalnest/testing';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Fetching promtool may take a while, and so does a month of rules. */
export const PROMTOOL_TIMEOUT_MS = 120_000;

/** Gives what promtool says; rejects with it, unless it is content. */
export async function promtool(...args: readonly string[]): Promise<string> {
  const path = await findPromtool();
  return new Promise((resolve, reject) => {
    execFile(path, args, (error, stdout, stderr) => {
      if (error) reject(new Error(`promtool ${args.join(' ')}\n${stdout}${stderr}`));
      else resolve(stdout);
    });
  });
}

/** Values of a counter, one a minute: it grows evenly within each stretch. */
export interface Stretch {
  readonly minutes: number;
  readonly perMinute: number;
}

/** Promtool's notation of a counter that is there from the start. */
export function counter(...stretches: readonly Stretch[]): string {
  let value = 0;
  return stretches
    .map(({ minutes, perMinute }) => {
      const from = value + perMinute;
      value += perMinute * minutes;
      return `${from}+${perMinute}x${minutes - 1}`;
    })
    .join(' ');
}

export interface RuleTest {
  /** As promtool's `input_series`: the values by their series. */
  readonly series: Readonly<Record<string, string>>;
  readonly evaluateEvery?: string;
  /** What an expression gives at a time: values by their labels. */
  readonly expect: readonly {
    readonly expr: string;
    readonly at: string;
    readonly gives: Readonly<Record<string, number>>;
  }[];
}

/** Runs rules on series and compares. @throws Error with the differences */
export async function testRules(rules: unknown, test: RuleTest): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  try {
    writeFileSync(join(folder, 'rules.json'), JSON.stringify(rules));
    writeFileSync(join(folder, 'test.json'), JSON.stringify(testFile(test)));
    await promtool('check', 'rules', join(folder, 'rules.json'));
    await promtool('test', 'rules', join(folder, 'test.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function testFile({ series, evaluateEvery = '1m', expect }: RuleTest) {
  return {
    rule_files: ['rules.json'],
    evaluation_interval: evaluateEvery,
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: expect.map(({ expr, at, gives }) => ({
          expr,
          eval_time: at,
          exp_samples: Object.entries(gives).map(([labels, value]) => ({ labels, value })),
        })),
      },
    ],
  };
}
