import { createHash } from 'node:crypto';

/** What this needs of a client of ioredis, of one server or of a cluster. */
export interface ScriptRunner {
  eval(source: string, keys: number, ...rest: (string | number)[]): Promise<unknown>;
  evalsha(sha: string, keys: number, ...rest: (string | number)[]): Promise<unknown>;
}

/** A script that is sent once to each server and by its hash afterwards. */
export class LuaScript<Result> {
  private readonly sha: string;

  constructor(private readonly source: string) {
    this.sha = createHash('sha1').update(source).digest('hex');
  }

  /** @throws what the server or the client answers, but for `NOSCRIPT` */
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
