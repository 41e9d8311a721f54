import { RedisServer } from '@loyalnest/testing';
import { Redis } from 'ioredis';
import { buryAndLeave } from './closed-app.js';
import { loyalnest, type CliResult, type CliSetting } from './command-line.js';

const DEAD_LETTERS = 10;

/** Ten dead letters in Redis whose service is gone, and the command line that works on them. */
export class AbandonedQueue {
  /** Ids of the dead letters. */
  ids: readonly string[] = [];
  prefix = '';
  private fills = 0;

  private constructor(
    readonly redis: RedisServer,
    readonly client: Redis,
  ) {}

  static async start(): Promise<AbandonedQueue> {
    const redis = await RedisServer.start();
    return new AbandonedQueue(redis, new Redis(redis.url));
  }

  /** Starts over under a prefix of its own. */
  async fill(): Promise<void> {
    this.prefix = `{cli-${++this.fills}}`;
    this.ids = await buryAndLeave(this.redis, this.prefix, DEAD_LETTERS);
  }

  /** @param line words, or a text that is split at its spaces */
  cli(line: string | readonly string[], setting: CliSetting = {}): Promise<CliResult> {
    const place = ['--redis', this.redis.url, '--prefix', this.prefix];
    return loyalnest([...place, ...wordsOf(line)], setting);
  }

  /** Runs a command that must succeed and print no error, and parses its output. */
  async json<T = Record<string, any>>(line: string | readonly string[]): Promise<T> {
    const { code, out, err } = await this.cli([...wordsOf(line), '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out) as T;
  }

  deadLetterCount(): Promise<number> {
    return this.client.zcard(`${this.prefix}:points:failed`);
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await this.redis.stop();
  }
}

function wordsOf(line: string | readonly string[]): readonly string[] {
  return typeof line === 'string' ? line.split(' ') : line;
}
