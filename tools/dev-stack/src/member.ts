import type { ProcessExit, RedisServer, PostgresServer, ServiceProcess } from '@loyalnest/testing';
import type { StopStage } from './app-plan.js';

/** A process of the stack that was started here and is therefore stopped here. */
export interface Member {
  readonly name: string;
  readonly stage: StopStage;
  readonly pid: number | undefined;
  /** True until it is ready: it may not listen to signals yet, and dies by them then. */
  starting: boolean;
  /** Resolves when it ends, for whatever reason. */
  readonly exited: Promise<unknown>;
  /** Ends it in order, by SIGKILL after `withinMs`. Gives how an app ended. */
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
