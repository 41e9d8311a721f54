/** Name of a method of the same class, which gets the call's arguments and then the error. */
export type FallbackHandler = string;
