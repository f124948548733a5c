import type { FastifyInstance } from 'fastify'
import { wavBytes } from '../twilio/media/wav.ts'
import { isLoopbackOrigin } from './loopback.ts'

const rate = 8000

/** Frequencies sounding together for some ms; none is a pause. */
type Tone = [frequencies: number[], ms: number]

const rows = [697, 770, 852, 941]
const columns = [1209, 1336, 1477]
const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', 'star', '0', 'hash']
const digits: [string, Tone[]][] = keys.map((key, index) => [
  `dtmf-${key}`,
  [[[rows[Math.floor(index / 3)] ?? 0, columns[index % 3] ?? 0], 120]],
])

/** The Voice SDK's sounds, by their file names at Twilio (its table of sounds: dtmf-5.mp3, dtmf-star.mp3). */
const sounds = new Map<string, Tone[]>([
  ...digits,
  [
    'incoming',
    [
      [[440, 480], 2000],
      [[], 1000],
    ],
  ],
  [
    'outgoing',
    [
      [[523], 90],
      [[784], 140],
    ],
  ],
  [
    'disconnect',
    [
      [[480, 620], 200],
      [[], 100],
      [[480, 620], 200],
    ],
  ],
])

/** Serves /sounds/NAME.mp3: WAV whatever the name says (browsers look at the content), made here because nothing is fetched from outside. */
export function serveSounds(server: FastifyInstance, allowedOrigins: readonly string[]): void {
  const made = new Map<string, Buffer>()
  server.get('/sounds/:file', (request, reply) => {
    const name = (request.params as { file: string }).file.replace(/\.(mp3|wav)$/, '')
    const tones = sounds.get(name)
    if (!tones) return reply.code(404).send({ error: `no sound is called ${name}` })
    const bytes = made.get(name) ?? Buffer.from(wavBytes(render(tones)))
    made.set(name, bytes)
    const { origin } = request.headers
    if (origin && (isLoopbackOrigin(origin) || allowedOrigins.includes(origin)))
      reply.header('access-control-allow-origin', origin).header('vary', 'origin')
    return reply.header('content-type', 'audio/wav').header('cache-control', 'public, max-age=86400').send(bytes)
  })
}

/** Samples of tones one after another, with soft edges against clicks. */
function render(tones: Tone[]): Int16Array {
  return Int16Array.from(tones.flatMap(([frequencies, ms]) => tone(frequencies, (ms * rate) / 1000)))
}

function tone(frequencies: number[], length: number): number[] {
  return Array.from({ length }, (_, at) => {
    const edge = Math.min(1, at / 40, (length - at) / 40)
    const wave = frequencies.reduce((sum, frequency) => sum + Math.sin((2 * Math.PI * frequency * at) / rate), 0)
    return frequencies.length ? (9000 * edge * wave) / frequencies.length : 0
  })
}
