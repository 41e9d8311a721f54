import type { Duration } from '@loyalnest/core';

export interface JobScheduleOptions<Payload> {
  /** Distance of two runs, at least 1 s; the first comes at once. Either this or `cron`. */
  readonly every?: Duration;
  /** Cron pattern of five fields, or six with seconds first: `'0 3 * * *'`. */
  readonly cron?: string;
  /** Time zone of `cron`, such as `'Europe/Berlin'`. @defaultValue 'UTC' */
  readonly timezone?: string;
  readonly payload: Payload;
}

export interface JobSchedule {
  readonly id: string;
  readonly queue: string;
  /** The name of the jobs that it makes. */
  readonly name: string;
  readonly everyMs?: number;
  readonly cron?: string;
  readonly timezone?: string;
  readonly payload: unknown;
  /** ISO 8601. */
  readonly nextRunAt?: string;
}
