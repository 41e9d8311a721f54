import type { Friend, Invitation, Referral } from '../domain/referral.js';

export interface NewReferral {
  readonly merchantId: string;
  readonly advocateId: string;
  readonly friend: Friend;
}

/** The stored referrals. */
export abstract class Referrals {
  /** Stores the referral together with the order to invite the friend. */
  abstract create(referral: NewReferral): Promise<Referral>;

  abstract find(merchantId: string, id: string): Promise<Referral | undefined>;

  /** The friend to invite; undefined if the referral is unknown or the invite was sent. */
  abstract friendToInvite(id: string): Promise<Friend | undefined>;

  /** Notes how the friend was reached; the first note stays. */
  abstract markInvited(id: string, invitation: Invitation): Promise<void>;

  /** Notes the order of a referred friend, once for each job. Gives the referrals it concerned. */
  abstract markOrdered(jobId: string, order: FriendsOrder): Promise<readonly string[]>;
}

export interface FriendsOrder {
  readonly merchantId: string;
  readonly orderId: string;
  readonly contactHash: string;
}
