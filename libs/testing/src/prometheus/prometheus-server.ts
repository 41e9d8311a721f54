import { durationMs, type Duration } from '@loyalnest/core';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OwnProcess } from '../process/own-process.js';
import { LocalServer, type LocalServerOptions } from '../server/local-server.js';
import { findPrometheus } from './find-prometheus.js';
import { PrometheusQueryError } from './prometheus-query.error.js';

export interface PrometheusServerOptions extends LocalServerOptions {
  /** What is scraped. @defaultValue nothing */
  readonly targets?: readonly ScrapeTarget[];
  /** Time between two scrapes, and two evaluations of rules. @defaultValue '1s' */
  readonly every?: Duration;
  /** Files of rules; patterns as in prometheus.yml. @defaultValue none */
  readonly ruleFiles?: readonly string[];
}

export interface ScrapeTarget {
  /** Address of the service, such as `http://127.0.0.1:3000`; asked for `/metrics`. */
  readonly url: string;
  readonly job: string;
  /** On every series of the target. @defaultValue the address as `instance` */
  readonly labels?: Readonly<Record<string, string>>;
}

/** One value of an instant query, or an exemplar. */
export interface QueriedSeries {
  /** Its name is `__name__`, where the expression has left it. */
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
 * A real Prometheus of its own on 127.0.0.1. It takes about five seconds until it scrapes.
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

  /** @throws {@link PrometheusUnavailableError} where no Prometheus can be had on this machine. */
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
   * The value of an expression now, of each of its series.
   *
   * @throws {@link PrometheusQueryError} for an expression that Prometheus refuses
   */
  async query(expr: string): Promise<readonly QueriedSeries[]> {
    const data = await this.ask<QueriedData>('query', expr);
    if (data.resultType === 'scalar') return [{ labels: {}, value: valueOf(data.result) }];
    return data.result.map(({ metric, value }) => ({ labels: metric, value: valueOf(value) }));
  }

  /**
   * The exemplars of an expression's series, of the last hour.
   *
   * @throws {@link PrometheusQueryError} for an expression that Prometheus refuses
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

/** A job may stand there once only. */
function jobsOf(targets: readonly ScrapeTarget[]): ReadonlyMap<string, readonly ScrapeTarget[]> {
  return Map.groupBy(targets, ({ job }) => job);
}

/** Prometheus spells infinities in its own way. */
function valueOf([, text]: StampedValue): number {
  return Number(text.replace('Inf', 'Infinity'));
}
