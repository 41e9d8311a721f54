/** Token of the resolved options. */
export const THROTTLING_POLICY = Symbol('loyalnest:throttling:policy');
