import { durationMs, type Duration } from '@loyalnest/core';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OwnProcess } from '../process/own-process.js';
import { LocalServer, type LocalServerOptions } from '../server/local-server.js';
import { findPrometheus } from './find-prometheus.js';
import { PrometheusQueryError } from './prometheus-query.error.js';

export interface PrometheusServerOptions extends LocalServerOptions {
  /** The services to scrape. @defaultValue none */
  readonly targets?: readonly ScrapeTarget[];
  /** Interval of scrapes and of rule evaluations. @defaultValue '1s' */
  readonly every?: Duration;
  /** Rule files; patterns as in prometheus.yml. @defaultValue none */
  readonly ruleFiles?: readonly string[];
}

export interface ScrapeTarget {
  /** Base url of the service, such as `http://127.0.0.1:3000`; its `/metrics` is scraped. */
  readonly url: string;
  readonly job: string;
  /** Labels of every series of the target. @defaultValue the address as `instance` */
  readonly labels?: Readonly<Record<string, string>>;
}

/** One value of an instant query, or an exemplar. */
export interface QueriedSeries {
  /** Includes the name as `__name__`, unless the expression has dropped it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type QueriedData =
  | { readonly resultType: 'vector'; readonly result: readonly VectorElement[] }
  | { readonly resultType: 'scalar'; readonly result: StampedValue };

interface SeriesExemplars {
  readonly exemplars: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: string;
  }[];
}

interface VectorElement {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: StampedValue;
}

type StampedValue = readonly [seconds: number, value: string];

const START_WITHIN_MS = 15_000;

/**
 * A real Prometheus server on 127.0.0.1. Its first scrape takes about five seconds.
 *
 * @example
 * const prometheus = await PrometheusServer.start({ targets: [{ job: 'shop', url: shop.url }] });
 * await eventually(async () => expect(await prometheus.query('up == 1')).toHaveLength(1));
 * await prometheus.stop();
 */
export class PrometheusServer extends LocalServer {
  private constructor(
    port: number,
    dataDir: string,
    ownsData: boolean,
    private readonly binary: string,
    private readonly options: PrometheusServerOptions,
  ) {
    super(port, dataDir, ownsData);
  }

  /** @throws {@link PrometheusUnavailableError} if the machine has no Prometheus and cannot fetch one */
  static async start(options: PrometheusServerOptions = {}): Promise<PrometheusServer> {
    const binary = await findPrometheus();
    if (options.dataDir !== undefined) await mkdir(options.dataDir, { recursive: true });
    return LocalServer.startOnFreePort(
      'prometheus',
      options,
      (port, dataDir, ownsData) => new PrometheusServer(port, dataDir, ownsData, binary, options),
    );
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  /**
   * Resolves to the current value of each series of an expression.
   *
   * @throws {@link PrometheusQueryError} if Prometheus rejects the expression
   */
  async query(expr: string): Promise<readonly QueriedSeries[]> {
    const data = await this.ask<QueriedData>('query', expr);
    if (data.resultType === 'scalar') return [{ labels: {}, value: valueOf(data.result) }];
    return data.result.map(({ metric, value }) => ({ labels: metric, value: valueOf(value) }));
  }

  /**
   * Resolves to the exemplars of an expression's series in the last hour.
   *
   * @throws {@link PrometheusQueryError} if Prometheus rejects the expression
   */
  async exemplars(expr: string): Promise<readonly QueriedSeries[]> {
    const end = Date.now() / 1_000;
    const range = { start: String(end - 3_600), end: String(end) };
    const series = await this.ask<readonly SeriesExemplars[]>('query_exemplars', expr, range);
    return series.flatMap(({ exemplars }) =>
      exemplars.map(({ labels, value }) => ({ labels, value: Number(value) })),
    );
  }

  private async ask<Data>(
    endpoint: string,
    query: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Data> {
    const response = await fetch(`${this.url}/api/v1/${endpoint}`, {
      method: 'POST',
      body: new URLSearchParams({ query, ...more }),
    });
    const { data, error } = (await response.json()) as { data?: Data; error?: string };
    if (data === undefined) throw new PrometheusQueryError(query, error ?? `${response.status}`);
    return data;
  }

  protected async launch(): Promise<OwnProcess> {
    const file = join(this.dataDir, 'prometheus.yml');
    // JSON is YAML.
    await writeFile(file, JSON.stringify(this.configuration()));
    const prometheus = OwnProcess.start({
      name: `Prometheus on port ${this.port}`,
      command: this.binary,
      args: [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(this.dataDir, 'data')}`,
        `--web.listen-address=${this.host}:${this.port}`,
        '--enable-feature=exemplar-storage',
      ],
      cwd: this.dataDir,
    });
    await prometheus.waitForLine(/server is ready to receive web requests/i, START_WITHIN_MS);
    return prometheus;
  }

  private configuration(): object {
    const { targets = [], every = '1s', ruleFiles = [] } = this.options;
    const interval = `${durationMs('PrometheusServer.every', every, { minMs: 1 })}ms`;
    return {
      global: {
        scrape_interval: interval,
        scrape_timeout: interval,
        evaluation_interval: interval,
      },
      rule_files: ruleFiles,
      scrape_configs: [...jobsOf(targets)].map(([job, ofJob]) => ({
        job_name: job,
        static_configs: ofJob.map(({ url, labels = {} }) => ({
          targets: [new URL(url).host],
          labels,
        })),
      })),
    };
  }
}

/** Groups the targets, because Prometheus accepts each job name only once. */
function jobsOf(targets: readonly ScrapeTarget[]): ReadonlyMap<string, readonly ScrapeTarget[]> {
  return Map.groupBy(targets, ({ job }) => job);
}

/** Prometheus spells infinity `Inf`. */
function valueOf([, text]: StampedValue): number {
  return Number(text.replace('Inf', 'Infinity'));
}
