/** A valid `traceparent` of W3C Trace Context. */
export interface Traceparent {
  /** 32 hex digits, not all zero. */
  readonly traceId: string;
  /** The caller's span: 16 hex digits, not all zero. */
  readonly parentId: string;
  /** Bit 0 says whether the caller records the trace. */
  readonly flags: number;
}

const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Parses a `traceparent`. Returns undefined if W3C Trace Context (level 1, section 3.2.2) says to ignore
 * it: for version `ff`, an id of only zeros, or extra parts in version `00`. Ignores the extra parts of
 * later versions.
 */
export function parseTraceparent(value: string | undefined): Traceparent | undefined {
  const [, version, traceId, parentId, flags, more] = TRACEPARENT.exec(value ?? '') ?? [];
  if (version === undefined || (version === '00' && more !== undefined)) return undefined;
  return { traceId: traceId!, parentId: parentId!, flags: Number.parseInt(flags!, 16) };
}
