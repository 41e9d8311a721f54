import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { EventSubscriptions } from '../../event-source.js';
import { MetricRegistry } from '../registry/metric-registry.js';
import { measureDeadLetters } from './dead-letter-metrics.js';
import { measureJobs } from './job-metrics.js';
import { measurePolicies } from './policy-metrics.js';
import { measureService } from './service-metrics.js';
import { measureThrottling } from './throttling-metrics.js';

/** Counts the events of the other libs' diagnostics channels, without importing those libs. */
@Injectable()
export class EventMetrics implements OnApplicationShutdown {
  private readonly subscriptions: EventSubscriptions;

  // In the constructor, because other providers publish events in onModuleInit.
  constructor(registry: MetricRegistry, { applicationId }: ModulesContainer) {
    this.subscriptions = new EventSubscriptions(applicationId);
    const { on } = this.subscriptions;
    measureJobs(registry, on);
    measureDeadLetters(registry, on);
    measurePolicies(registry, on);
    measureService(registry, on);
    measureThrottling(registry, on);
  }

  onApplicationShutdown(): void {
    this.subscriptions.end();
  }
}
