import { index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { Invitation, ReferralState } from '../domain/referral.js';

export const referrals = pgTable(
  'referrals',
  {
    id: uuid().primaryKey().defaultRandom(),
    merchantId: text().notNull(),
    advocateId: text().notNull(),
    friendPhone: text().notNull(),
    friendEmail: text().notNull(),
    /** SHA-256 of the e-mail address, which identifies the friend's order. */
    friendContactHash: text().notNull(),
    state: text().$type<ReferralState>().notNull().default('created'),
    invitation: jsonb().$type<Invitation>(),
    orderId: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('referrals_friend').on(table.merchantId, table.friendContactHash)],
);
