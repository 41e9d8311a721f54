import fc from 'fast-check';
import { apply, type Balance, type LedgerEvent, type LedgerEventType } from './ledger-event.js';

const EMPTY: Balance = { available: 0, pending: 0, debt: 0, lifetimeEarned: 0 };

function event(type: LedgerEventType, points: number, order: number): LedgerEvent {
  const source = { type: 'order', id: String(order) } as const;
  return { type, points, source, occurredAt: '2026-11-21T12:00:00.000Z' };
}

/** Orders whose points become pending one after another; each is activated later or not at all. */
const histories = fc
  .array(
    fc.record({
      points: fc.nat({ max: 1_000_000_000 }),
      activatedAt: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    }),
    { maxLength: 20 },
  )
  .map((orders) =>
    orders
      .flatMap(({ points, activatedAt }, index) => {
        const at = index / orders.length;
        const pending = { at, event: event('PointsPending', points, index) };
        if (activatedAt === undefined) return [pending];
        const later = at + (1 - at) * activatedAt;
        return [pending, { at: later, event: event('PointsActivated', points, index) }];
      })
      .sort((a, b) => a.at - b.at)
      .map(({ event: happened }) => happened),
  );

const sum = (events: readonly LedgerEvent[], type: LedgerEventType): number =>
  events.filter((each) => each.type === type).reduce((total, { points }) => total + points, 0);

describe('the balance derived from ledger events', () => {
  it('keeps every point either pending or available after every event', () => {
    fc.assert(
      fc.property(histories, (events) => {
        let balance = EMPTY;
        events.forEach((each, index) => {
          balance = apply(balance, each);
          const past = events.slice(0, index + 1);
          expect(balance.pending + balance.available).toBe(sum(past, 'PointsPending'));
          expect(balance.available).toBe(sum(past, 'PointsActivated'));
          expect(balance.pending).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  it('counts activated points as lifetime earnings', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const { lifetimeEarned, debt } = events.reduce(apply, EMPTY);
        expect(lifetimeEarned).toBe(sum(events, 'PointsActivated'));
        expect(debt).toBe(0);
      }),
    );
  });

  it('has nothing available while the points are pending', () => {
    expect(apply(EMPTY, event('PointsPending', 59, 1))).toEqual({
      available: 0,
      pending: 59,
      debt: 0,
      lifetimeEarned: 0,
    });
  });

  it('is a new object each time', () => {
    const before = Object.freeze({ ...EMPTY });
    apply(before, event('PointsPending', 59, 1));
    expect(before).toEqual(EMPTY);
  });
});
