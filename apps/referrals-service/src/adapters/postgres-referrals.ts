import { Inbox, Outbox } from '@loyalnest/outbox';
import { contactHash, Database, type Transaction } from '@loyalnest/service-defaults';
import { Injectable } from '@nestjs/common';
import { and, eq, isNull, ne } from 'drizzle-orm';
import { Invite, NoteOrder } from '../contracts/referrals.jobs.js';
import type { Friend, Invitation, Referral } from '../domain/referral.js';
import { Referrals, type FriendsOrder, type NewReferral } from '../use-cases/referrals.js';
import { referrals } from './schema.js';

@Injectable()
export class PostgresReferrals extends Referrals {
  constructor(
    private readonly database: Database,
    private readonly inbox: Inbox<Transaction>,
    private readonly outbox: Outbox<Transaction>,
  ) {
    super();
  }

  async create({ merchantId, advocateId, friend }: NewReferral): Promise<Referral> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx
        .insert(referrals)
        .values({
          merchantId,
          advocateId,
          friendPhone: friend.phone,
          friendEmail: friend.email,
          friendContactHash: contactHash(friend.email),
        })
        .returning();
      await this.outbox.publish(tx, Invite, { referralId: row!.id });
      return toReferral(row!);
    });
  }

  async find(merchantId: string, id: string): Promise<Referral | undefined> {
    const [row] = await this.database.query((orm) =>
      orm
        .select()
        .from(referrals)
        .where(and(eq(referrals.merchantId, merchantId), eq(referrals.id, id))),
    );
    return row && toReferral(row);
  }

  async friendToInvite(id: string): Promise<Friend | undefined> {
    const [friend] = await this.database.query((orm) =>
      orm
        .select({ phone: referrals.friendPhone, email: referrals.friendEmail })
        .from(referrals)
        .where(and(eq(referrals.id, id), isNull(referrals.invitation))),
    );
    return friend;
  }

  async markInvited(id: string, invitation: Invitation): Promise<void> {
    await this.database.query((orm) =>
      orm
        .update(referrals)
        .set({ state: 'invited', invitation })
        .where(and(eq(referrals.id, id), isNull(referrals.invitation))),
    );
  }

  async markOrdered(
    jobId: string,
    { merchantId, contactHash: friend, orderId }: FriendsOrder,
  ): Promise<readonly string[]> {
    const { result } = await this.inbox.once(NoteOrder.name, jobId, async (tx) => {
      const moved = await tx
        .update(referrals)
        .set({ state: 'ordered', orderId })
        .where(
          and(
            eq(referrals.merchantId, merchantId),
            eq(referrals.friendContactHash, friend),
            ne(referrals.state, 'ordered'),
          ),
        )
        .returning({ id: referrals.id });
      return moved.map(({ id }) => id);
    });
    return result;
  }
}

function toReferral(row: typeof referrals.$inferSelect): Referral {
  const { id, merchantId, advocateId, state, invitation, orderId, createdAt } = row;
  return {
    id,
    merchantId,
    advocateId,
    state,
    ...(invitation && { invitation }),
    ...(orderId !== null && { orderId }),
    createdAt: createdAt.toISOString(),
  };
}
