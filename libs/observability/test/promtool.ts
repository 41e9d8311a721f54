import { findPromtool } from '@loyalnest/testing';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Downloading promtool takes a while, and so does evaluating a month of rules. */
export const PROMTOOL_TIMEOUT_MS = 120_000;

/** Returns the output of promtool. Rejects with the output if promtool fails. */
export async function promtool(...args: readonly string[]): Promise<string> {
  const path = await findPromtool();
  return new Promise((resolve, reject) => {
    execFile(path, args, (error, stdout, stderr) => {
      if (error) reject(new Error(`promtool ${args.join(' ')}\n${stdout}${stderr}`));
      else resolve(stdout);
    });
  });
}

/** A stretch in which a counter grows evenly, with one value per minute. */
export interface Stretch {
  readonly minutes: number;
  readonly perMinute: number;
}

/** Returns promtool's notation of a counter that exists from the start. */
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

/** Series, and what the rules are expected to make of them. */
export interface RuleTest {
  /** promtool's `input_series`: values by series. */
  readonly series: Readonly<Record<string, string>>;
  readonly evaluateEvery?: string;
  /** Results of an expression at a time: values by labels. */
  readonly expect: readonly {
    readonly expr: string;
    readonly at: string;
    readonly gives: Readonly<Record<string, number>>;
  }[];
}

/** Evaluates rules on series and compares the results. @throws Error with the differences */
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
