/** Injection token of `MetricsEndpointOptions`. */
export const ENDPOINT_OPTIONS = Symbol('loyalnest:metrics:endpoint');
