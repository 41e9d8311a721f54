/** One mistake in a request. */
export interface ProblemIssue {
  /** The wrong field, such as `items[0].price`. Absent if the mistake is not in one field. */
  readonly path?: string;
  readonly message: string;
}

/** The body of an error's answer: RFC 9457, `application/problem+json`. */
export interface ProblemDetails {
  /** URI of the kind of problem; `about:blank` if none is defined. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** Path of the request, without its query. */
  readonly instance: string;
  /** Stable code for programs. */
  readonly code: string;
  /** Absent without the correlation module. */
  readonly correlationId?: string;
  readonly errors?: readonly ProblemIssue[];
}
