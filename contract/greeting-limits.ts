// Apart from the schemas: the page needs the limits, and would load a schema library with them.

/** What a greeting's WAV may be: 16-bit PCM of one or two channels. */
export const GREETING_LIMITS = {
  bytes: 6 * 1024 * 1024,
  rates: [8000, 16_000, 44_100, 48_000],
  leastSeconds: 0.5,
  mostSeconds: 120,
} as const
