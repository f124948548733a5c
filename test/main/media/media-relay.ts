import type { ServerResponse } from 'node:http'
import { failure, type FailureCode } from '../../../contract/failure.ts'
import type { AppConfig } from '../../../main/config.ts'
import { Desktop } from '../kit/desktop.ts'
import { startFakeRelay } from '../kit/fake-relay.ts'
import { callFacts, recordingSid, type ToldCall } from '../kit/history.ts'
import { gather } from './kit.ts'

/** How the relay hands out a recording's audio. */
export interface Handing {
  bytes: Buffer
  /** Twilio, or the relay, does not give ranges. */
  noRange?: boolean
  /** The length is not told. */
  noLength?: boolean
  /** What is told instead of the length. */
  says?: number
  /** Another success than 200, or 206 for a range. */
  status?: number
  refuse?: [status: number, code: FailureCode]
  /** The connection breaks after so many bytes. */
  cutAfter?: number
  /** Resolves when what comes after so many bytes may be sent; the connection breaks when it rejects. */
  hold?: { after: number; until: Promise<unknown> }
}

/** A desktop, signed in at a relay that hands out audio as a test wishes. */
export async function startMedia(config: Partial<AppConfig> = {}) {
  const relay = await startFakeRelay()
  const audio = new Map<string, Handing>()
  /** Requests for audio: SID and range. */
  const asked: [sid: string, range: string | undefined][] = []
  relay.state.answer = (request, response) => {
    const sid = /^\/api\/twilio\/recordings\/(RE\w+)\/media$/.exec(request.url ?? '')?.[1]
    if (sid === undefined || request.headers.authorization === undefined) return false
    asked.push([sid, request.headers.range])
    const handing = audio.get(sid)
    if (handing) hand(handing, request.headers.range, response)
    else response.writeHead(404).end(JSON.stringify(failure('not-found')))
    return true
  }
  const desktop = await new Desktop({ media: { voicemailsAhead: 0 }, ...config }).start()
  await desktop.ask('session.enroll', { relayUrl: relay.url, code: 'GOOD-CODE-1' })
  await desktop.online()
  return {
    relay,
    desktop,
    audio,
    asked,
    /** Tells of a call with a recording and gives its SID once the desktop knows of it. */
    async recorded(told: ToldCall): Promise<string> {
      relay.push({ type: 'call.facts', payload: { callId: told.callId, facts: callFacts({ isRecorded: true, ...told }) } })
      await until(async () => (await desktop.app.request('calls.get', { callId: told.callId })).ok)
      return recordingSid(told.callId)
    },
    get: (url: string, headers: Record<string, string> = {}, method = 'GET') => fetchMedia(desktop, url, headers, method),
    /** Waits until it is whole in the cache. */
    cached: (sid: string) => until(async () => (await desktop.ask('recordings.get', { sid })).isCached),
    async close() {
      await desktop.end()
      await relay.stop()
    },
  }
}
export type MediaTest = Awaited<ReturnType<typeof startMedia>>

function hand(
  { bytes, noRange, noLength, says, status, refuse, cutAfter, hold }: Handing,
  range: string | undefined,
  response: ServerResponse,
): void {
  if (refuse) return void response.writeHead(refuse[0], { 'content-type': 'application/json' }).end(JSON.stringify(failure(refuse[1])))
  const asked = noRange ? null : /^bytes=(\d+)-(\d*)$/.exec(range ?? '')
  const start = Number(asked?.[1] ?? 0)
  const end = asked?.[2] ? Number(asked[2]) + 1 : bytes.length
  const part = bytes.subarray(start, end)
  response.writeHead(status ?? (asked ? 206 : 200), {
    'content-type': 'audio/x-wav',
    ...(noLength ? {} : { 'content-length': says ?? part.length }),
    ...(asked ? { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` } : {}),
  })
  if (cutAfter !== undefined) return void response.write(part.subarray(0, cutAfter), () => response.destroy())
  if (!hold) return void response.end(part)
  response.write(part.subarray(0, hold.after))
  return void hold.until.then(
    () => response.end(part.subarray(hold.after)),
    () => response.destroy(),
  )
}

/** A request as a host makes it. */
export async function fetchMedia(desktop: Desktop, url: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await desktop.app.media(new Request(new URL(url, 'http://127.0.0.1:1'), { method, headers }))
  return {
    status: response.status,
    headers: response.headers,
    body: response.body,
    bytes: () => gather((response.body ?? []) as AsyncIterable<Uint8Array>),
  }
}

/** Waits for what comes by itself, patiently. */
export async function until(isSo: () => Promise<boolean>, ms = 30_000): Promise<void> {
  for (const end = Date.now() + ms; !(await isSo());) {
    if (Date.now() > end) throw new Error('it never came')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
