import { diagnostics } from '@loyalnest/core';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';

export const JOB_DURATION = 'loyalnest_job_duration_seconds';
export const CIRCUIT_TRANSITIONS = 'loyalnest_circuit_transitions_total';

/** Turns the diagnostics channels of the other libs into metrics, without importing them. */
@Injectable()
export class EventMetrics implements OnModuleInit, OnModuleDestroy {
  private subscriptions: (() => void)[] = [];

  constructor(
    @InjectMetric(JOB_DURATION) private readonly jobs: Histogram<'job' | 'outcome'>,
    @InjectMetric(CIRCUIT_TRANSITIONS) private readonly circuits: Counter<'policy' | 'to'>,
  ) {}

  onModuleInit(): void {
    this.subscriptions = [
      diagnostics<{ name: string; outcome: string; durationMs: number }>(
        'loyalnest:queue:job-finished',
      ).subscribe(({ name, outcome, durationMs }) =>
        this.jobs.observe({ job: name, outcome }, durationMs / 1_000),
      ),
      diagnostics<{ policy: string; to: string }>('loyalnest:resilience:circuit-state').subscribe(
        ({ policy, to }) => this.circuits.inc({ policy, to }),
      ),
    ];
  }

  onModuleDestroy(): void {
    for (const end of this.subscriptions) end();
  }
}
