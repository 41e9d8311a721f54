/** A `traceparent` of W3C Trace Context that may be continued. */
export interface Traceparent {
  /** 32 hex digits, not all zero. */
  readonly traceId: string;
  /** 16 hex digits, not all zero: the span of the caller. */
  readonly parentId: string;
  /** Bit 0: the caller records the trace. */
  readonly flags: number;
}

const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Reads a `traceparent`. Undefined for one that W3C Trace Context (level 1, section 3.2.2) says to
 * ignore: version `ff`, an id of zeros only, anything behind version `00`. Of a later version the
 * parts that are known are read.
 */
export function parseTraceparent(value: string | undefined): Traceparent | undefined {
  const [, version, traceId, parentId, flags, more] = TRACEPARENT.exec(value ?? '') ?? [];
  if (version === undefined || (version === '00' && more !== undefined)) return undefined;
  return { traceId: traceId!, parentId: parentId!, flags: Number.parseInt(flags!, 16) };
}
