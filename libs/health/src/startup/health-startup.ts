import { OptionError, type HealthStatus } from '@loyalnest/core';
import { Injectable, Logger } from '@nestjs/common';
import { failureCode } from '../checks/failure-code.js';

/**
 * What startup waits for: a promise, a promise with a name for the log and for `/health/startup`,
 * or the name of a check, which must be up once.
 */
export type StartupCondition =
  PromiseLike<unknown> | string | { readonly name: string; readonly done: PromiseLike<unknown> };

interface StartupTask {
  readonly status: 'waiting' | 'failed';
  readonly code?: string;
}

/** Keeps the service unready until its startup conditions are met. */
@Injectable()
export class HealthStartup {
  private readonly logger = new Logger('Health');
  private readonly open = new Map<string, StartupTask>();
  private readonly awaited = new Set<string>();
  private readonly upOnce = new Set<string>();
  private checks: ReadonlySet<string> | undefined;
  private unnamed = 0;

  /**
   * `GET /health/startup` and `GET /health/ready` answer 503 until all conditions are met. If a
   * promise rejects, startup fails permanently: both keep answering 503.
   *
   * @throws OptionError if a check does not exist. Before the application has booted, it is the
   * boot that fails with this error
   *
   * @example
   * startup.waitFor('postgres', { name: 'price-list', done: prices.load() });
   */
  waitFor(...conditions: readonly StartupCondition[]): void {
    for (const condition of conditions) {
      if (typeof condition === 'string') this.awaitCheck(condition);
      else if ('name' in condition) this.awaitTask(condition.name, condition.done);
      else this.awaitTask(`task-${++this.unnamed}`, condition);
    }
  }

  get status(): 'starting' | 'ok' | 'error' {
    if (this.open.size === 0 && this.awaited.size === 0) return 'ok';
    for (const { status } of this.open.values()) if (status === 'failed') return 'error';
    return 'starting';
  }

  /** Conditions that are not met, by name. */
  get pending(): Readonly<Record<string, { readonly status: 'down'; readonly code: string }>> {
    const tasks = [...this.open].map(([name, { code = 'waiting' }]) => [name, code] as const);
    const checks = [...this.awaited].map((name) => [name, 'waiting'] as const);
    return Object.fromEntries(
      [...tasks, ...checks].map(([name, code]) => [name, { status: 'down', code }] as const),
    );
  }

  /** Receives the names of all checks, and of those that the module's options add to startup. */
  begin(known: readonly string[], configured: readonly string[]): void {
    this.checks = new Set(known);
    for (const name of this.awaited) this.refuseUnknown(name);
    for (const name of configured) this.awaitCheck(name);
  }

  noteCheck(name: string, status: HealthStatus): void {
    if (status === 'down') return;
    this.upOnce.add(name);
    this.awaited.delete(name);
  }

  private awaitCheck(name: string): void {
    this.refuseUnknown(name);
    if (!this.upOnce.has(name)) this.awaited.add(name);
  }

  private awaitTask(name: string, done: PromiseLike<unknown>): void {
    if (this.open.has(name)) {
      throw new OptionError('startup.waitFor', name, 'give each task a unique name');
    }
    this.open.set(name, { status: 'waiting' });
    done.then(
      () => this.open.delete(name),
      (error: unknown) => this.fail(name, error),
    );
  }

  private fail(name: string, error: unknown): void {
    this.open.set(name, { status: 'failed', code: failureCode(error) });
    const text = error instanceof Error ? error.message : String(error);
    this.logger.error(`startup task ${name} failed: ${text}; the service will not become ready`);
  }

  private refuseUnknown(name: string): void {
    if (!this.checks || this.checks.has(name)) return;
    const known = [...this.checks].join(', ') || 'none';
    throw new OptionError(
      'startup.waitFor',
      name,
      `use the name of a check; known checks: ${known}`,
    );
  }
}
