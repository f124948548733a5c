import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { readWav, wavBytes } from '../media/wav.ts'
import { RestError, notFound, type Operation, type RestAnswer, type RestContext } from './http.ts'
import { findRecording } from './recordings.ts'

/** How long an address of the storage host works. */
const linkMs = 60_000

/**
 * GET /Recordings/RE…[.wav]: the audio, after as many 404s as `mediaFirst404` says, or by a redirect to the storage host.
 * Asking a mono recording for two channels is 400 (16113). There is no MP3 encoder here: `.mp3` is 404, and reported.
 */
export function createMediaOperations(): Operation[] {
  const refusals = new Map<string, number>()
  const run = async (context: RestContext): Promise<RestAnswer> => {
    const recording = findRecording(context)
    const refused = refusals.get(recording.sid) ?? 0
    if (recording.status !== 'completed' || !recording.file || refused < context.switches.mediaFirst404) {
      if (recording.status === 'completed') refusals.set(recording.sid, refused + 1)
      throw notFound(context.url)
    }
    const channels = Number(context.query.get('RequestedChannels') ?? 1)
    if (channels === 2 && recording.channels === 1) throw new RestError(16113, 'The recording has one channel; two channels were requested')
    if (context.switches.mediaRedirect) return redirect(context, recording.sid, channels)
    return ranged(await audio(recording.file, channels, context), context.header('range'), context.switches.mediaRange)
  }
  const media = '/Accounts/{AccountSid}/Recordings/{Sid}'
  return [
    { method: 'GET', path: media, run },
    { method: 'GET', path: `${media}.wav`, run },
    {
      method: 'GET',
      path: `${media}.mp3`,
      run: (context) => {
        context.warn('the sandbox has no MP3 encoder: ask for .wav')
        throw notFound(context.url)
      },
    },
  ]
}

async function audio(file: string, channels: number, context: RestContext): Promise<Buffer> {
  const bytes = await readFile(file).catch(() => {
    throw notFound(context.url)
  })
  return channels === 2 ? bytes : Buffer.from(wavBytes(readWav(bytes)))
}

/** The whole body, or the part a single-range request asks for. */
function ranged(bytes: Buffer, range: string | undefined, isOffered: boolean): RestAnswer {
  const headers: Record<string, string> = { 'content-type': 'audio/x-wav' }
  if (!isOffered) return { status: 200, headers, bytes }
  headers['accept-ranges'] = 'bytes'
  const asked = /^bytes=(\d*)-(\d*)$/.exec(range ?? '')
  if (!asked || (!asked[1] && !asked[2])) return { status: 200, headers, bytes }
  const start = asked[1] ? Number(asked[1]) : Math.max(0, bytes.length - Number(asked[2]))
  const end = asked[1] && asked[2] ? Math.min(Number(asked[2]), bytes.length - 1) : bytes.length - 1
  if (start > end || start >= bytes.length) return { status: 416, headers: { 'content-range': `bytes */${bytes.length}` } }
  headers['content-range'] = `bytes ${start}-${end}/${bytes.length}`
  return { status: 206, headers, bytes: bytes.subarray(start, end + 1) }
}

/** 302 to the storage host: the same port under the other name of this machine, so that to a client it is another origin. */
function redirect(context: RestContext, sid: string, channels: number): RestAnswer {
  const [name = '127.0.0.1', port = ''] = (context.header('host') ?? '').split(':')
  const host = `${name === 'localhost' ? '127.0.0.1' : 'localhost'}:${port}`
  const until = context.clock.now() + linkMs
  const query = new URLSearchParams({ channels: String(channels), until: String(until) })
  query.append('signature', sign(context.account.authToken(), sid, query.toString()))
  return { status: 302, headers: { location: `http://${host}/storage/${sid}.wav?${query.toString()}` } }
}

const sign = (key: string, sid: string, query: string): string => createHmac('sha256', key).update(`${sid}?${query}`).digest('hex')

/**
 * The storage host's answer: it knows its own signed addresses alone, and refuses a request that also carries Authorization (as S3 does).
 * @throws RestError 400, 403 or 404
 */
export async function readStorage(context: RestContext): Promise<RestAnswer> {
  if (context.header('authorization')) throw new RestError(20001, 'Only one authentication mechanism is allowed', 400)
  const { account, query } = context
  const signature = query.get('signature')
  query.delete('signature')
  const recording = account.recordings.get(context.path['Sid'] ?? '')
  const isSigned = signature === sign(account.authToken(), context.path['Sid'] ?? '', query.toString())
  if (!isSigned || context.clock.now() > Number(query.get('until'))) throw new RestError(20403, 'Access denied', 403)
  if (!recording?.file || recording.status !== 'completed') throw notFound(context.url)
  return ranged(await audio(recording.file, Number(query.get('channels')), context), context.header('range'), context.switches.mediaRange)
}
