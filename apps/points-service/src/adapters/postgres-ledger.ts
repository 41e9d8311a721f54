import { currentContext } from '@loyalnest/core';
import { Inbox, Outbox } from '@loyalnest/outbox';
import { Database, type Transaction } from '@loyalnest/service-defaults';
import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { CalculatePoints } from '../contracts/points.jobs.js';
import { NoteOrder } from '../contracts/referrals.jobs.js';
import { apply, type Balance, type LedgerEvent } from '../domain/ledger-event.js';
import { Ledger, type AccountKey, type Posting } from '../use-cases/ledger.js';
import { accounts, ledgerEvents } from './schema.js';

@Injectable()
export class PostgresLedger extends Ledger {
  constructor(
    private readonly database: Database,
    private readonly inbox: Inbox<Transaction>,
    private readonly outbox: Outbox<Transaction>,
  ) {
    super();
  }

  async post(jobId: string, posting: Posting): Promise<void> {
    await this.inbox.once(CalculatePoints.name, jobId, async (tx) => {
      const { account, events, announce } = posting;
      const locked = await lock(tx, account);
      let { seq, ...balance } = locked;
      for (const event of events) {
        // Another webhook has already posted this order. Its events must count only once.
        if (!(await append(tx, account, seq + 1, event))) return;
        balance = apply(balance, event);
        seq++;
      }
      await tx
        .update(accounts)
        .set({ ...balance, seq })
        .where(is(account));
      const { contactHash, merchantId, orderId, customerId, paidAt } = announce;
      if (!contactHash) return;
      await this.outbox.publish(tx, NoteOrder, {
        merchantId,
        orderId,
        customerId,
        contactHash,
        paidAt,
      });
    });
  }

  async balanceOf(account: AccountKey): Promise<Balance | undefined> {
    const [row] = await this.database.query((orm) =>
      orm.select(BALANCE).from(accounts).where(is(account)),
    );
    return row;
  }
}

// Columns that identify an event. A conflict on `seq` is a bug and must still fail.
const ORIGIN = [
  ledgerEvents.merchantId,
  ledgerEvents.sourceType,
  ledgerEvents.sourceId,
  ledgerEvents.type,
];

const BALANCE = {
  available: accounts.available,
  pending: accounts.pending,
  debt: accounts.debt,
  lifetimeEarned: accounts.lifetimeEarned,
};

function is({ merchantId, customerId }: AccountKey) {
  return and(eq(accounts.merchantId, merchantId), eq(accounts.customerId, customerId));
}

/** Creates the account if needed and locks its row until the transaction ends. */
async function lock(tx: Transaction, account: AccountKey): Promise<Balance & { seq: number }> {
  const { merchantId, customerId } = account;
  await tx.insert(accounts).values({ merchantId, customerId }).onConflictDoNothing();
  const [row] = await tx
    .select({ ...BALANCE, seq: accounts.seq })
    .from(accounts)
    .where(is(account))
    .for('update');
  return row!;
}

async function append(
  tx: Transaction,
  { merchantId, customerId }: AccountKey,
  seq: number,
  { type, points, source, occurredAt }: LedgerEvent,
): Promise<boolean> {
  const inserted = await tx
    .insert(ledgerEvents)
    .values({
      merchantId,
      customerId,
      seq,
      type,
      points,
      sourceType: source.type,
      sourceId: source.id,
      correlationId: currentContext()?.correlationId ?? null,
      occurredAt: new Date(occurredAt),
    })
    .onConflictDoNothing({ target: ORIGIN })
    .returning({ id: ledgerEvents.id });
  return inserted.length > 0;
}
