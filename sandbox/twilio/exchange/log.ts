/** Structured log; pino fits. */
export interface Log {
  warn(details: object, text: string): void
}
