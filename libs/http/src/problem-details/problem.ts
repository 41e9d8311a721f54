/** One thing that is wrong with a request. */
export interface ProblemIssue {
  /** Field in the body, such as `items[0].price`; absent if no single field is meant. */
  readonly path?: string;
  readonly message: string;
}

/** An error as it leaves the service: RFC 9457, `application/problem+json`. */
export interface ProblemDetails {
  /** URI of the kind of problem; `about:blank` where none is defined. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** Path of the request, without its query. */
  readonly instance: string;
  /** Stable word for programs. */
  readonly code: string;
  /** Absent without the correlation module. */
  readonly correlationId?: string;
  readonly errors?: readonly ProblemIssue[];
}
