import { Injectable } from '@nestjs/common';
import type { Balance } from '../domain/ledger-event.js';
import { Ledger, type AccountKey } from './ledger.js';

/** Shows the current points of a customer. */
@Injectable()
export class ShowBalance {
  constructor(private readonly ledger: Ledger) {}

  execute(account: AccountKey): Promise<Balance | undefined> {
    return this.ledger.balanceOf(account);
  }
}
