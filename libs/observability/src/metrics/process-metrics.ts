import { Injectable, type OnModuleInit } from '@nestjs/common';
import { collectDefaultMetrics, register } from 'prom-client';

/**
 * Process metrics: CPU, memory, event loop, garbage collection. They describe the process, so they
 * are collected once in it, however many applications it holds.
 */
@Injectable()
export class ProcessMetrics implements OnModuleInit {
  onModuleInit(): void {
    if (register.getSingleMetric('process_cpu_user_seconds_total')) return;
    collectDefaultMetrics();
  }
}
