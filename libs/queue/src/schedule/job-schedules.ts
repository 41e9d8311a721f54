import { durationMs, OptionError } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { getNextMillis, type JobSchedulerJson, type RepeatOptions } from 'bullmq';
import { QueueConnection } from '../connection/queue-connection.js';
import type { JobDefinition } from '../job/job-definition.js';
import { bullJobOptions } from '../producer/bull-job-options.js';
import { checkSize } from '../producer/prepared-job.js';
import { withinTimeLimit } from '../producer/within-time-limit.js';
import { QueueRegistry } from '../queue-registry.js';
import type { JobSchedule, JobScheduleOptions } from './job-schedule.js';
import { isScheduleTemplate, type ScheduleTemplate } from './scheduled-run.js';

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const YEAR_MS = 366 * 86_400_000;

/**
 * Manages recurring jobs. A schedule stays in Redis until it is removed, whichever process stored
 * it. Each run is created once, however many processes there are. The next run is created when the
 * previous one starts, so missed runs do not pile up.
 */
@Injectable()
export class JobSchedules {
  constructor(
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
  ) {}

  /**
   * Stores a schedule and replaces the one with the same id. Every process can safely call this at
   * every start: an unchanged schedule keeps its next run.
   *
   * @throws OptionError, InvalidPayloadError, PayloadTooLargeError: nothing changed
   * @throws QueueUnavailableError within `producerTimeout` when Redis does not answer
   */
  async upsert<Payload>(
    definition: JobDefinition<Payload>,
    id: string,
    options: JobScheduleOptions<Payload>,
  ): Promise<void> {
    const { name, version, attempts, priority, expiresAfterMs } = definition;
    const { bull } = this.registry.get(definition.queue);
    const path = `schedule '${id}'`;
    if (!ID.test(id)) throw new OptionError(path, id, "use a short id such as 'nightly-report'");
    const repeat = repeatOptions(path, options, this.connection.options.clock.now());
    const payload = await definition.validate(options.payload);
    checkSize(name, payload, this.connection.options.payloadLimitBytes);
    const template: ScheduleTemplate = {
      schedule: id,
      version,
      payload,
      ...(expiresAfterMs && { expiresAfterMs }),
    };
    // The schedule determines the delay.
    const { delay: _delay, ...opts } = bullJobOptions(this.connection.options, {
      attempts,
      priority,
    });
    await this.inTime(definition.queue, () =>
      bull.upsertJobScheduler(id, repeat, { name, data: template, opts }),
    );
  }

  /**
   * Removes a schedule and its next run. A run that has started continues.
   *
   * @param queue a definition or the name of a queue
   * @returns whether the schedule existed
   * @throws QueueUnavailableError within `producerTimeout` when Redis does not answer
   */
  async remove(queue: JobDefinition | string, id: string): Promise<boolean> {
    const { name, bull } = this.registry.get(typeof queue === 'string' ? queue : queue.queue);
    return this.inTime(name, () => bull.removeJobScheduler(id));
  }

  /**
   * Lists the schedules of a queue, soonest next run first.
   *
   * @throws QueueUnavailableError within `producerTimeout` when Redis does not answer
   */
  async list(queue: JobDefinition | string): Promise<readonly JobSchedule[]> {
    const { name, bull } = this.registry.get(typeof queue === 'string' ? queue : queue.queue);
    const schedulers = await this.inTime(name, () => bull.getJobSchedulers(0, -1, true));
    return schedulers.map((scheduler) => describe(name, scheduler));
  }

  private inTime<T>(queue: string, task: () => Promise<T>): Promise<T> {
    return withinTimeLimit(queue, this.connection.options.producerTimeoutMs, task);
  }
}

function repeatOptions(
  path: string,
  { every, cron, timezone = 'UTC' }: JobScheduleOptions<unknown>,
  nowMs: number,
): Omit<RepeatOptions, 'key'> {
  if ((every === undefined) === (cron === undefined)) {
    throw new OptionError(path, { every, cron }, 'set either every or cron');
  }
  if (every !== undefined) {
    return { every: durationMs(`${path}.every`, every, { minMs: 1_000, maxMs: YEAR_MS }) };
  }
  try {
    Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch {
    throw new OptionError(`${path}.timezone`, timezone, "use a name such as 'Europe/Berlin'");
  }
  try {
    getNextMillis(nowMs, { pattern: cron!, tz: timezone });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OptionError(`${path}.cron`, cron, `use a pattern such as '0 3 * * *': ${why}`);
  }
  return { pattern: cron!, tz: timezone };
}

function describe(queue: string, scheduler: JobSchedulerJson): JobSchedule {
  const { key, name, every, pattern, tz, next, template } = scheduler;
  const data: unknown = template?.data;
  return {
    id: key,
    queue,
    name,
    ...(every !== undefined && { everyMs: every }),
    ...(pattern !== undefined && { cron: pattern }),
    ...(tz !== undefined && { timezone: tz }),
    payload: isScheduleTemplate(data) ? data.payload : data,
    ...(next !== undefined && next !== null && { nextRunAt: new Date(next).toISOString() }),
  };
}
