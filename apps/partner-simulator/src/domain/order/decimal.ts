const DECIMAL = /^(-?)(\d+)(?:\.(\d{1,2}))?$/;

/**
 * Converts a decimal with at most two places, such as `'199.65'`, to cents without using floats.
 */
export function toCents(amount: string): bigint {
  const match = DECIMAL.exec(amount);
  if (!match) throw new RangeError(`${amount} is not a decimal with at most two places`);
  const [, sign, whole, fraction = ''] = match;
  return BigInt(`${sign}${whole}${fraction.padEnd(2, '0')}`);
}

/** Converts cents to a decimal: `19965n` becomes `'199.65'`. */
export function toDecimal(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
