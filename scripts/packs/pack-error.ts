/** A model pack could not be prepared: the message says what was expected, what came, and what to do. */
export class PackError extends Error {
  override readonly name = 'PackError';
}
