import { createHash } from 'node:crypto';

/** The part of an ioredis client that is used, for one server or a cluster. */
export interface ScriptRunner {
  eval(source: string, keys: number, ...rest: (string | number)[]): Promise<unknown>;
  evalsha(sha: string, keys: number, ...rest: (string | number)[]): Promise<unknown>;
}

/** A Lua script that is sent once to each server, and called by its hash afterwards. */
export class LuaScript<Result> {
  private readonly sha: string;

  constructor(private readonly source: string) {
    this.sha = createHash('sha1').update(source).digest('hex');
  }

  /** @throws every error of the server and the client except `NOSCRIPT` */
  async run(
    redis: ScriptRunner,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<Result> {
    try {
      return (await redis.evalsha(this.sha, keys.length, ...keys, ...args)) as Result;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await redis.eval(this.source, keys.length, ...keys, ...args)) as Result;
    }
  }
}
