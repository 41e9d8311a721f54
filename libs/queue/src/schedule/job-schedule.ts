import type { Duration } from '@loyalnest/core';

/** When a schedule runs its job. Set either `every` or `cron`. */
export interface JobScheduleOptions<Payload> {
  /** Time between two runs, at least 1 s. The first run is immediate. */
  readonly every?: Duration;
  /** Cron pattern with five fields, such as `'0 3 * * *'`, or six with seconds first. */
  readonly cron?: string;
  /** Time zone of `cron`, such as `'Europe/Berlin'`. @defaultValue 'UTC' */
  readonly timezone?: string;
  /** Payload of every run. */
  readonly payload: Payload;
}

/** A stored schedule. */
export interface JobSchedule {
  readonly id: string;
  readonly queue: string;
  /** Name of the jobs that the schedule creates. */
  readonly name: string;
  readonly everyMs?: number;
  readonly cron?: string;
  readonly timezone?: string;
  readonly payload: unknown;
  /** ISO 8601. */
  readonly nextRunAt?: string;
}
