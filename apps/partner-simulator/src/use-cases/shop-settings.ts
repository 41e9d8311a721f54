/** The shop that the simulator plays. */
export class ShopSettings {
  constructor(
    readonly domain: string,
    /** Signs its webhooks. */
    readonly secret: string,
  ) {}
}
