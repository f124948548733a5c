import pino, { type DestinationStream } from 'pino'
import { redact, redactText } from '../base/redact.ts'
import type { Log } from './ports.ts'

/** JSON lines on stderr: stdout carries results only. Of a phone number the last four digits are shown, of a token nothing. */
export const createLog = (name: string, destination: DestinationStream = pino.destination({ dest: 2, sync: true })): Log =>
  pino(
    {
      name,
      base: null,
      level: 'info',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: (fields) => redact(fields) as Record<string, unknown> },
      hooks: {
        logMethod(args, method) {
          const texts = args.map((arg: unknown) => (typeof arg === 'string' ? redactText(arg) : arg))
          method.apply(this, texts as typeof args)
        },
      },
    },
    destination,
  )
