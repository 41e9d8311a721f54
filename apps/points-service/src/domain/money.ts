/** More digits than any order has. Without a limit, a huge amount could keep the CPU busy. */
const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,15}))?$/;

/** An exact amount of one currency. Never a float: '0.1' stays 0.1. */
export class Money {
  private constructor(
    private readonly units: bigint,
    private readonly scale: number,
    readonly currency: string,
  ) {}

  /**
   * Parses a decimal such as `'59.95'` with at most 15 digits on either side of the point. Returns
   * undefined for anything else.
   */
  static parse(amount: unknown, currency: string): Money | undefined {
    const match = typeof amount === 'string' ? DECIMAL.exec(amount) : null;
    if (!match) return undefined;
    const [, sign, whole, fraction = ''] = match;
    return new Money(BigInt(`${sign}${whole}${fraction}`), fraction.length, currency);
  }

  get isNegative(): boolean {
    return this.units < 0n;
  }

  /** Multiplies by a whole number and rounds down to a whole number. */
  timesFloored(factor: number): bigint {
    const product = this.units * BigInt(factor);
    const divisor = 10n ** BigInt(this.scale);
    const quotient = product / divisor;
    return product < 0n && product % divisor !== 0n ? quotient - 1n : quotient;
  }

  toString(): string {
    const digits = this.units
      .toString()
      .replace('-', '')
      .padStart(this.scale + 1, '0');
    const whole = digits.slice(0, digits.length - this.scale);
    const fraction = digits.slice(digits.length - this.scale);
    return `${this.isNegative ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
  }
}
