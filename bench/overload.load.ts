// Sends requests on a schedule, whatever the answers do (open loop), from a process of its own. A
// request that waits for its turn is late, so latency counts from the scheduled time.
import { connect, type Socket } from 'node:net';

/** What overload.ts asks for. */
export interface Load {
  readonly url: string;
  /** Requests per second; 0 sends the next request when one of 16 has been answered. */
  readonly rate: number;
  readonly seconds: number;
  /** Requests of the first seconds are not counted. */
  readonly warmUpSeconds: number;
}

/** What became of the counted requests. */
export interface LoadResult {
  readonly sent: number;
  /** Answered with 200 within the deadline. */
  readonly good: number;
  /** Refused with 503. */
  readonly refused: number;
  /** Answered with something else, such as 504. */
  readonly failed: number;
  /** Without an answer at the deadline, when the caller left. */
  readonly left: number;
  /** Latency in milliseconds of requests that were not refused; one that was left took the deadline. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export const DEADLINE_MS = 1_000;
const MAX_LANES = 4_000;
const CLOSED_LOOP_LANES = 16;
const TICK_MS = 2;

type Outcome = 'good' | 'refused' | 'failed' | 'left';

/** A connection with at most one request. */
class Lane {
  private readonly socket: Socket;
  private readonly request: string;
  private readonly onEnd: (lane: Lane, outcome: Outcome) => void;
  private readonly onClose: (lane: Lane) => void;
  private received = '';
  private timer: NodeJS.Timeout | undefined;
  private isBusy = false;
  scheduledAt = 0;
  isOpen = true;

  constructor(
    url: URL,
    onEnd: (lane: Lane, outcome: Outcome) => void,
    onClose: (lane: Lane) => void,
  ) {
    this.onEnd = onEnd;
    this.onClose = onClose;
    this.request = `GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`;
    this.socket = connect(Number(url.port), url.hostname).setNoDelay().setEncoding('latin1');
    this.socket.on('data', (text: string) => this.read(text));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.isOpen = false;
      this.end('failed');
      this.onClose(this);
    });
  }

  send(scheduledAt: number): void {
    this.scheduledAt = scheduledAt;
    this.received = '';
    this.isBusy = true;
    this.socket.write(this.request);
    const leftMs = Math.max(0, scheduledAt + DEADLINE_MS - performance.now());
    this.timer = setTimeout(() => {
      this.isOpen = false;
      this.end('left');
      this.socket.destroy();
    }, leftMs);
  }

  close(): void {
    this.isBusy = false;
    clearTimeout(this.timer);
    this.socket.destroy();
  }

  private read(text: string): void {
    this.received += text;
    const bodyAt = this.received.indexOf('\r\n\r\n') + 4;
    if (bodyAt < 4) return;
    const length = Number(/content-length: (\d+)/i.exec(this.received)?.[1] ?? 0);
    if (this.received.length < bodyAt + length) return;
    const status = this.received.slice(9, 12);
    if (/connection: close/i.test(this.received.slice(0, bodyAt))) this.isOpen = false;
    this.end(status === '200' ? 'good' : status === '503' ? 'refused' : 'failed');
  }

  private end(outcome: Outcome): void {
    if (!this.isBusy) return;
    this.isBusy = false;
    clearTimeout(this.timer);
    this.onEnd(this, outcome);
  }
}

async function run({ url, rate, seconds, warmUpSeconds }: Load): Promise<LoadResult> {
  const target = new URL(url);
  const counts = { good: 0, refused: 0, failed: 0, left: 0 };
  const latencies: number[] = [];
  const idle: Lane[] = [];
  const lanes = new Set<Lane>();
  const startedAt = performance.now();
  const countFrom = startedAt + warmUpSeconds * 1_000;
  const endAt = startedAt + seconds * 1_000;
  let sent = 0;
  let running = 0;

  const onEnd = (lane: Lane, outcome: Outcome): void => {
    running--;
    if (lane.scheduledAt >= countFrom) {
      counts[outcome]++;
      if (outcome === 'left') latencies.push(Infinity);
      else if (outcome !== 'refused') latencies.push(performance.now() - lane.scheduledAt);
    }
    if (lane.isOpen) idle.push(lane);
    if (rate === 0) ask(performance.now());
  };

  const ask = (scheduledAt: number): void => {
    if (scheduledAt >= endAt) return;
    let lane = idle.pop();
    while (lane !== undefined && !lane.isOpen) lane = idle.pop();
    if (lane === undefined) {
      if (lanes.size >= MAX_LANES) throw new Error(`more than ${MAX_LANES} connections are open`);
      lanes.add((lane = new Lane(target, onEnd, (closed) => lanes.delete(closed))));
    }
    if (scheduledAt >= countFrom) sent++;
    running++;
    lane.send(scheduledAt);
  };

  if (rate === 0) {
    for (let lane = 0; lane < CLOSED_LOOP_LANES; lane++) ask(startedAt);
  }
  let asked = 0;
  await new Promise<void>((resolve) => {
    const ticks = setInterval(() => {
      const now = performance.now();
      // A closed loop has no schedule.
      const due = rate === 0 ? 0 : 1 + ((Math.min(now, endAt) - startedAt) * rate) / 1_000;
      for (; asked < Math.floor(due); asked++) ask(startedAt + (asked * 1_000) / rate);
      if (now < endAt || running > 0) return;
      clearInterval(ticks);
      resolve();
    }, TICK_MS);
  });
  for (const lane of lanes) lane.close();
  latencies.sort((a, b) => a - b);
  const percentile = (share: number): number =>
    latencies[Math.floor(latencies.length * share)] ?? 0;
  return { sent, ...counts, p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
}

if (process.send !== undefined) {
  process.on('message', (load: Load) => {
    void run(load).then((result) => process.send!(result));
  });
  process.on('disconnect', () => process.exit());
}
