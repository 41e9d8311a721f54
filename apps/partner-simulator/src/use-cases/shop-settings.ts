/** The simulated shop. */
export class ShopSettings {
  constructor(
    readonly domain: string,
    /** Signs the webhooks of the shop. */
    readonly secret: string,
  ) {}
}
