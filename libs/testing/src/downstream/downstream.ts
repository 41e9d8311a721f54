import { SystemClock, type Duration } from '@loyalnest/core';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from '../eventually/eventually.js';
import type { Answer, ReceivedRequest, Reply } from './downstream-reply.js';

/** Requests that wait until the test releases them. */
export interface Hold {
  /** Number of waiting requests. */
  readonly waiting: number;
  /** Answers all waiting requests now, and every later request immediately. */
  release(answer?: Answer): void;
}

const clock = new SystemClock();

/**
 * A real HTTP server that follows a script and records every request. Methods such as `fail` apply
 * until the next such call. Replies of `once` and `sequence` go first, each for one request.
 *
 * @example
 * const sms = await Downstream.start();
 * sms.sequence({ status: 503 }, 'hang-up', { status: 202, body: { id: 'SM1' } });
 * await client.send(message);
 * expect(sms.requests).toHaveLength(3);
 * await sms.stop();
 */
export class Downstream {
  private readonly log: ReceivedRequest[] = [];
  private defaultReply: Reply = {};
  private queue: Reply[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Downstream> {
    let handle: RequestListener = () => undefined;
    const server = createServer((request, response) => handle(request, response));
    const downstream = new Downstream(server);
    handle = (request, response) => void downstream.handle(request, response);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return downstream;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Everything received since the start or the last `reset`, oldest first. */
  get requests(): readonly ReceivedRequest[] {
    return this.log;
  }

  answer(status = 200, body?: unknown, headers?: Record<string, string>): void {
    this.reply({ status, body, ...(headers && { headers }) });
  }

  fail(status = 503, body?: unknown, headers?: Record<string, string>): void {
    this.answer(status, body, headers);
  }

  /** Answers, but only after `delayMs` milliseconds. */
  answerLate(delayMs: number, status = 200, body?: unknown): void {
    this.reply({ status, body, delayMs });
  }

  /** Accepts requests and never answers. */
  hang(): void {
    this.reply('hang');
  }

  /** Resets the connection instead of answering. */
  hangUp(): void {
    this.reply('hang-up');
  }

  /** Makes requests wait until the test releases them. */
  hold(): Hold {
    let release!: (answer: Answer) => void;
    const released = new Promise<Answer>((resolve) => (release = resolve));
    let waiting = 0;
    this.reply(async () => {
      waiting++;
      const answer = await released;
      waiting--;
      return answer;
    });
    return {
      get waiting() {
        return waiting;
      },
      release: (answer = {}) => release(answer),
    };
  }

  /** Sets the reply to every request that the sequence does not cover. */
  reply(reply: Reply): void {
    this.defaultReply = reply;
  }

  /** Sets the reply to the next request only. */
  once(reply: Reply): void {
    this.sequence(reply);
  }

  /** Sets the replies to the next requests, one reply each. */
  sequence(...replies: readonly Reply[]): void {
    this.queue.push(...replies);
  }

  /**
   * Waits for at least `count` requests and resolves to all of them.
   *
   * @throws `NotInTimeError` if they do not arrive in time
   */
  async received(count: number, within: Duration = '5s'): Promise<readonly ReceivedRequest[]> {
    const what = `${count} requests at ${this.url}`;
    await eventually(() => this.log.length >= count, { within, what });
    return this.log;
  }

  /** Forgets requests and replies, disconnects waiting clients, and answers 200 again. */
  reset(): void {
    this.log.length = 0;
    this.queue = [];
    this.defaultReply = {};
    this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const received = await read(request);
      this.log.push(received);
      const scripted = this.queue.shift() ?? this.defaultReply;
      const reply = typeof scripted === 'function' ? await scripted(received) : scripted;
      if (reply === 'hang') return;
      if (reply === 'hang-up') request.socket.resetAndDestroy();
      else await send(response, reply);
    } catch {
      // The client disconnected or the script threw; neither may crash the test run.
      request.socket.destroy();
    }
  }
}

async function read(request: IncomingMessage): Promise<ReceivedRequest> {
  const { method = '', url = '', headers } = request;
  const body = await text(request);
  return { method, path: url, headers, body, receivedAtMs: clock.now() };
}

async function send(response: ServerResponse, answer: Answer): Promise<void> {
  const { status = 200, body, headers, delayMs = 0 } = answer;
  if (delayMs > 0) await clock.sleep(delayMs, { keepAlive: false });
  const json = body !== undefined && typeof body !== 'string';
  response.writeHead(status, { ...(json && { 'content-type': 'application/json' }), ...headers });
  response.end(json ? JSON.stringify(body) : body);
}
