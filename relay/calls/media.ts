import { FailureError } from '../../contract/failure.ts'

export interface MediaSource {
  /** Of Twilio's REST API, without a slash at its end. */
  apiBase: string
  accountSid: string
  user: string
  password: string
  /** How long Twilio may take to begin its answer, per request. */
  timeoutMs: number
}

const MAX_REDIRECTS = 3

/**
 * Asks Twilio for a recording's audio (WAV). Both channels when there are two: asking for two of a mono recording is a 400, then one is asked
 * for. Redirects are followed without our credentials (RULES R33); a range is passed on, and may be ignored.
 * @throws FailureError `not-found` (also while it is being made), `rate-limited`, `internal`
 */
export async function fetchMedia(source: MediaSource, sid: string, range: string | undefined, signal: AbortSignal): Promise<Response> {
  const url = `${source.apiBase}/2010-04-01/Accounts/${source.accountSid}/Recordings/${sid}.wav`
  const dual = await get(source, `${url}?RequestedChannels=2`, range, signal)
  if (dual.status !== 400) return checked(dual)
  await dual.body?.cancel()
  return checked(await get(source, `${url}?RequestedChannels=1`, range, signal))
}

async function get(source: MediaSource, url: string, range: string | undefined, signal: AbortSignal): Promise<Response> {
  const credentials = Buffer.from(`${source.user}:${source.password}`).toString('base64')
  const headers: Record<string, string> = range === undefined ? {} : { range }
  let response = await once(source, url, { ...headers, authorization: `Basic ${credentials}` }, signal)
  for (let redirects = 0; isRedirect(response) && redirects < MAX_REDIRECTS; redirects++) {
    await response.body?.cancel()
    response = await once(source, new URL(response.headers.get('location') ?? '', url).href, headers, signal)
  }
  return response
}

/** The time limit is for the answer's beginning: the audio itself may take as long as its listener. */
async function once({ timeoutMs }: MediaSource, url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timeoutMs)
  try {
    return await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.any([signal, late.signal]) })
  } catch (error) {
    throw new FailureError('internal', `the recording could not be fetched: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    clearTimeout(timer)
  }
}

const isRedirect = (response: Response) => response.status >= 300 && response.status < 400 && response.headers.has('location')

async function checked(response: Response): Promise<Response> {
  if (response.status === 200 || response.status === 206 || response.status === 416) return response
  await response.body?.cancel()
  if (response.status === 404) throw new FailureError('not-found', 'the recording has no audio yet, or no more')
  if (response.status === 429 || response.status === 503) throw new FailureError('rate-limited', 'Twilio is busy')
  throw new FailureError('internal', `Twilio answered ${response.status} for a recording`)
}
