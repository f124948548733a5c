import { pino, stdTimeFunctions, type DestinationStream } from 'pino'
import { redact, redactText } from '../../base/redact.ts'

/** The relay's log: JSON lines on stderr (stdout is for results), without bodies, tokens or whole phone numbers. */
export function createLog(level: string, destination: DestinationStream = process.stderr) {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: plainError, error: plainError },
      formatters: { level: (label) => ({ level: label }), log: (line) => redact(line) as Record<string, unknown> },
      hooks: {
        logMethod(args, method) {
          const texts = args.map((arg: unknown) => (typeof arg === 'string' ? redactText(arg) : arg))
          method.apply(this, texts as typeof args)
        },
      },
    },
    destination,
  )
}
export type Log = ReturnType<typeof createLog>

// Errors of HTTP clients carry their request, credentials included: name, text and place are enough.
function plainError(error: unknown): object {
  if (!(error instanceof Error)) return { message: redactText(String(error)) }
  const code = 'code' in error ? { errorCode: String(error.code) } : {}
  // Twilio's client gives errors without a message when the answer had none.
  const message: unknown = error.message
  return {
    name: error.name,
    message: redactText(typeof message === 'string' ? message : ''),
    ...code,
    stack: redactText(error.stack ?? ''),
  }
}
