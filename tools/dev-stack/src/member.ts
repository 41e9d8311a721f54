import type { ProcessExit, RedisServer, PostgresServer, ServiceProcess } from '@loyalnest/testing';
import type { StopStage } from './app-plan.js';

/** A process that the launcher started and must stop. */
export interface Member {
  readonly name: string;
  readonly stage: StopStage;
  readonly pid: number | undefined;
  /** True until it is ready. It may not handle signals yet, so SIGTERM may simply kill it. */
  starting: boolean;
  /** Resolves when it ends, for any reason. */
  readonly exited: Promise<unknown>;
  /** Stops it, with SIGKILL after `withinMs`. Resolves with the exit of an app. */
  stop(withinMs: number): Promise<ProcessExit | void>;
  kill(): Promise<unknown>;
  endedError(): Error;
}

export function serverMember(name: string, server: RedisServer | PostgresServer): Member {
  return {
    name,
    stage: 'servers',
    starting: false,
    pid: server.pid,
    exited: server.exited,
    stop: (withinMs) => server.stop(withinMs),
    kill: () => server.kill(),
    endedError: () => server.endedError(),
  };
}

export function appMember(stage: StopStage, service: ServiceProcess): Member {
  return {
    name: service.name,
    stage,
    starting: true,
    pid: service.pid,
    exited: service.exited,
    stop: (withinMs) => service.stop(withinMs),
    kill: () => service.kill(),
    endedError: () => service.endedError(),
  };
}
