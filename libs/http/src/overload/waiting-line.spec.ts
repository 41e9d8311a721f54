import { requestWaitMs } from '@loyalnest/core/toolkit';
import type { IncomingMessage } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { WaitingLine } from './waiting-line.js';

const request = (left = false): IncomingMessage =>
  ({ destroyed: left, socket: { destroyed: false } }) as IncomingMessage;

let nowMs = 0;
let line: WaitingLine;
let begun: [name: string, waitedMs: number][];

beforeEach(() => {
  nowMs = 0;
  line = new WaitingLine({ monotonic: () => nowMs });
  begun = [];
});

/** A request that works for 1 ms. */
function enter(name: string, req = request()): void {
  line.enter(req, (waitedMs) => {
    begun.push([name, waitedMs]);
    nowMs += 1;
  });
}

it('begins a request at once while there is time left in the turn', () => {
  enter('a');
  enter('b');
  expect(begun).toEqual([
    ['a', 0],
    ['b', 0],
  ]);
  expect(line.longestWaitMs).toBe(0);
});

it('lets further requests wait for the next turns, in the order of their arrival', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) enter(name);
  expect(begun).toHaveLength(2);
  nowMs += 10;
  expect(line.longestWaitMs).toBe(10);
  await turn();
  expect(begun.slice(2)).toEqual([
    ['c', 10],
    ['d', 11],
  ]);
  enter('f');
  await turn();
  expect(begun.slice(4)).toEqual([
    ['e', 12],
    ['f', 1],
  ]);
});

it('notes how long a request has waited, because its deadline runs meanwhile', async () => {
  const [first, later] = [request(), request()];
  for (const name of ['a', 'b']) enter(name);
  enter('later', later);
  nowMs += 400;
  await turn();
  expect([requestWaitMs(first), requestWaitMs(later)]).toEqual([0, 400]);
});

it('never begins a request whose client has left while it waited', async () => {
  const req = request();
  for (const name of ['a', 'b']) enter(name);
  enter('left', req);
  enter('c');
  Object.assign(req, { destroyed: true });
  await turn();
  expect(begun.map(([name]) => name)).toEqual(['a', 'b', 'c']);
});

it('lets requests wait while each turn brings a connection', async () => {
  line.noteConnection();
  enter('a');
  for (let turns = 0; turns < 5; turns++) {
    line.noteConnection();
    await turn();
    expect(begun).toEqual([]);
  }
  await turn();
  expect(begun).toEqual([['a', 0]]);
});

it('works on although connections never stop to come', async () => {
  line.noteConnection();
  enter('a');
  for (let turns = 0; turns < 65; turns++) {
    line.noteConnection();
    await turn();
  }
  expect(begun).toEqual([['a', 0]]);
});
