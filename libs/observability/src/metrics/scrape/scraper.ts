import type { Measurement } from '@loyalnest/core';
import { runOutsideContext } from '@loyalnest/core/toolkit';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { register as userRegistry, type MetricObject } from 'prom-client';
import { MODULE_OPTIONS_TOKEN } from '../metrics.module-definition.js';
import {
  resolveMetricsOptions,
  type MetricsModuleOptions,
  type ResolvedMetricsOptions,
} from '../metrics.options.js';
import { ProcessMetrics } from '../process/process-metrics.js';
import { MetricRegistry } from '../registry/metric-registry.js';
import { writeExposition, type ExpositionFormat } from './exposition.js';
import { checkMeasurement, toFamilies } from './measurement-families.js';
import type { MetricFamily } from './metric-family.js';
import { askSource, MetricSources } from './metric-sources.js';
import { readMetric } from './registered-families.js';
import { SourceCollector } from './source-collector.js';

interface Collection {
  readonly families: readonly MetricFamily[];
  readonly collectedAtMs: number;
  readonly texts: Map<ExpositionFormat, string>;
}

/**
 * Collects all metrics. There is one collection at a time and at most one per `cacheFor`, however
 * many scrapers there are, so it runs in no scrape's context. A source that fails or does not answer does not affect the others.
 */
@Injectable()
export class Scraper implements OnApplicationBootstrap {
  private readonly logger = new Logger('Metrics');
  private readonly options: ResolvedMetricsOptions;
  private readonly process = ProcessMetrics.ofThisProcess();
  private readonly failing = new Set<string>();
  private readonly metricCollectors = new Map<MetricObject, SourceCollector<MetricFamily>>();
  private sources: readonly SourceCollector<readonly Measurement[]>[] = [];
  private latest: Collection | undefined;
  private running: Promise<Collection> | undefined;

  constructor(
    private readonly registry: MetricRegistry,
    private readonly discovered: MetricSources,
    @Inject(MODULE_OPTIONS_TOKEN) options: MetricsModuleOptions,
  ) {
    this.options = resolveMetricsOptions(options);
  }

  onApplicationBootstrap(): void {
    const { sourceTimeoutMs, clock } = this.options;
    this.sources = this.discovered.all().map((source) => {
      const ask = async (signal: AbortSignal): Promise<readonly Measurement[]> => {
        const measurements = await askSource(source, signal);
        measurements.forEach(checkMeasurement);
        return measurements;
      };
      return new SourceCollector(source.metricSource, ask, sourceTimeoutMs, clock);
    });
  }

  async scrape(format: ExpositionFormat): Promise<string> {
    const { clock, cacheForMs, labels } = this.options;
    const fresh = this.latest && clock.monotonic() - this.latest.collectedAtMs < cacheForMs;
    const collection = fresh
      ? this.latest!
      : await (this.running ??= runOutsideContext(() => this.collect()));
    let text = collection.texts.get(format);
    if (text === undefined) {
      text = writeExposition(collection.families, format, labels);
      collection.texts.set(format, text);
    }
    return text;
  }

  private async collect(): Promise<Collection> {
    const { clock, maxSeries } = this.options;
    const collectedAtMs = clock.monotonic();
    try {
      const up = new Map<string, boolean>();
      const [measurements, ofUsers] = await Promise.all([
        this.settle(this.sources, up),
        this.settle(this.collectorsOfUsers(), up),
      ]);
      const states = toFamilies(
        [
          ...measurements.flat(),
          ...this.process.observe(),
          ...[...up].map(([source, isUp]) => sourceUp(source, isUp)),
        ],
        maxSeries,
        (name) => this.registry.noteOverflow(name),
      );
      const own = [
        ...this.registry.registry.getMetricsAsArray(),
        ...this.process.registry.getMetricsAsArray(),
      ];
      const families = distinct([
        ...(await Promise.all(own.map((metric) => readMetric(metric)))),
        ...states,
        ...ofUsers,
      ]);
      this.latest = { families, collectedAtMs, texts: new Map() };
      return this.latest;
    } finally {
      this.running = undefined;
    }
  }

  /** Metrics of the application may have a `collect` function that waits for something. */
  private collectorsOfUsers(): readonly SourceCollector<MetricFamily>[] {
    const { sourceTimeoutMs, clock } = this.options;
    const metrics = userRegistry.getMetricsAsArray();
    for (const metric of metrics) {
      if (this.metricCollectors.has(metric)) continue;
      const read = (): Promise<MetricFamily> => readMetric(metric);
      this.metricCollectors.set(
        metric,
        new SourceCollector(metric.name, read, sourceTimeoutMs, clock),
      );
    }
    return metrics.map((metric) => this.metricCollectors.get(metric)!);
  }

  private async settle<Answer>(
    collectors: readonly SourceCollector<Answer>[],
    up: Map<string, boolean>,
  ): Promise<readonly Answer[]> {
    const settled = await Promise.allSettled(collectors.map((collector) => collector.collect()));
    return settled.flatMap((result, i) => {
      const { name } = collectors[i]!;
      up.set(name, result.status === 'fulfilled');
      if (result.status === 'fulfilled') {
        if (this.failing.delete(name)) this.logger.log(`the metric source ${name} works again`);
        return [result.value];
      }
      // Once per outage, not at each scrape.
      if (!this.failing.has(name)) this.logger.warn(messageOf(name, result.reason));
      this.failing.add(name);
      return [];
    });
  }
}

function sourceUp(source: string, isUp: boolean): Measurement {
  return {
    name: 'loyalnest_scrape_source_up',
    help: 'Whether a metric source answered in time: 1 or 0',
    value: isUp ? 1 : 0,
    labels: { source },
  };
}

function messageOf(name: string, reason: unknown): string {
  const why = reason instanceof Error ? reason.message : String(reason);
  return `the metric source ${name} fails: ${why}`;
}

/** Keeps the first family of each name. A duplicate would make the page unreadable. */
function distinct(families: readonly MetricFamily[]): readonly MetricFamily[] {
  const names = new Set<string>();
  return families.filter(({ name }) => !names.has(name) && names.add(name));
}
