import type { Clock } from '@loyalnest/core';
import { noteRequestWait, runOutsideContext } from '@loyalnest/core/toolkit';
import type { IncomingMessage } from 'node:http';

/** How long requests may begin in one turn of the event loop. */
const TURN_MS = 2;
/** Turns in a row that only accept connections. A flood of connections must not stop all work. */
const MAX_ACCEPTING_TURNS = 64;

interface Waiting {
  readonly req: IncomingMessage;
  readonly arrivedAt: number;
  readonly begin: (waitedMs: number) => void;
}

/**
 * Begins requests in the order of their arrival, for at most 2 ms in each turn of the event loop. The others
 * wait for the next turn. So their wait is known, and a request whose client has left meanwhile never begins.
 *
 * Node accepts one connection in each turn. While turns are long, new clients would wait in the queue of the
 * kernel, where nobody sees or refuses them, until they give up. So as long as each turn brings a connection,
 * requests wait until the others are accepted too.
 */
export class WaitingLine {
  private waiting: Waiting[] = [];
  private next = 0;
  private turnStartedAt: number | undefined;
  private hasAccepted = false;
  private acceptingTurns = 0;
  private readonly nextTurn = (): void => this.startTurn();

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** How long the first request of the line has waited, in milliseconds; 0 if none waits. */
  get longestWaitMs(): number {
    const first = this.waiting[this.next];
    return first === undefined ? 0 : this.clock.monotonic() - first.arrivedAt;
  }

  /** Notes that the server has accepted a connection in this turn. */
  noteConnection(): void {
    this.hasAccepted = true;
  }

  /** Calls `begin` now if nobody waits and there is time left in this turn, else in a later turn. */
  enter(req: IncomingMessage, begin: (waitedMs: number) => void): void {
    const now = this.clock.monotonic();
    if (this.turnStartedAt === undefined) {
      this.turnStartedAt = now;
      this.askForTurn();
    }
    const isFirst = this.next === this.waiting.length && !this.hasAccepted;
    if (isFirst && now - this.turnStartedAt < TURN_MS) {
      begin(0);
      return;
    }
    this.waiting.push({ req, arrivedAt: now, begin });
  }

  private askForTurn(): void {
    runOutsideContext(() => setImmediate(this.nextTurn));
  }

  private startTurn(): void {
    const { hasAccepted } = this;
    this.turnStartedAt = undefined;
    this.hasAccepted = false;
    if (this.next === this.waiting.length) return;
    this.turnStartedAt = this.clock.monotonic();
    this.askForTurn();
    if (hasAccepted && this.acceptingTurns++ < MAX_ACCEPTING_TURNS) return;
    this.acceptingTurns = 0;
    let now = this.turnStartedAt;
    while (this.next < this.waiting.length && now - this.turnStartedAt < TURN_MS) {
      const { req, arrivedAt, begin } = this.waiting[this.next++]!;
      if (!hasLeft(req)) {
        const waitedMs = now - arrivedAt;
        // The time has passed for its deadline too.
        noteRequestWait(req, waitedMs);
        begin(waitedMs);
      }
      now = this.clock.monotonic();
    }
    if (this.next === this.waiting.length) {
      this.waiting = [];
      this.next = 0;
    } else if (this.next > 1_000) {
      this.waiting = this.waiting.slice(this.next);
      this.next = 0;
    }
  }
}

function hasLeft(req: IncomingMessage): boolean {
  return req.destroyed || req.socket.destroyed;
}
