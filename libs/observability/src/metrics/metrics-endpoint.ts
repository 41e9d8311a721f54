/** Token of what decides about the endpoint. */
export const ENDPOINT_OPTIONS = Symbol('loyalnest:metrics:endpoint');
