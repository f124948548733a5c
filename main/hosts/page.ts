import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { SessionView } from '../../contract/desktop.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.json': 'application/json',
}

/** Hosts a page may talk to besides its own. */
export interface Reach {
  connect: readonly string[]
  media: readonly string[]
}

// Insights report to eventgw.twilio.com or, with a home region, to eventgw.<region>.twilio.com.
const TWILIO: Reach = {
  connect: ['wss://*.twilio.com', 'https://*.twilio.com'],
  media: ['https://sdk.twilio.com'],
}
// Before anybody is signed in it is not known which sandbox will be asked for; such a page holds nothing worth sending away.
const SANDBOXES: Reach = { connect: ['ws://127.0.0.1:*', 'http://127.0.0.1:*'], media: ['http://127.0.0.1:*'] }

const originOf = (url: string | null) => (url === null ? [] : [new URL(url).origin])

/** Where the Voice SDK must get to in this session: Twilio, or the sandbox on this machine that the relay named. */
export function reachOf(view: Pick<SessionView, 'state' | 'voice'>, mayUseSandbox: boolean): Reach {
  const { signalingUrl, soundsUrl } = view.voice
  if (view.state === 'signed-in' && signalingUrl !== null)
    return { connect: [...socketOrigin(signalingUrl), ...originOf(soundsUrl)], media: originOf(soundsUrl) }
  if (view.state === 'signed-in' || !mayUseSandbox) return TWILIO
  return { connect: [...TWILIO.connect, ...SANDBOXES.connect], media: [...TWILIO.media, ...SANDBOXES.media] }
}

const socketOrigin = (url: string) => [`${new URL(url).protocol}//${new URL(url).host}`]

/** No `unsafe-*`: libraries that inject a <style> must be given the nonce. */
export const policy = (nonce: string, { connect, media }: Reach = { connect: [], media: [] }) =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `media-src 'self' blob: data: ${media.join(' ')}`.trim(),
    `connect-src 'self' ${connect.join(' ')}`.trim(),
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
    `worker-src 'none'`,
  ].join('; ')

/**
 * Serves the built renderer with a fresh CSP nonce per load, in place of the one Vite left in index.html (its csp-nonce meta tag and
 * its link and script tags). `reach` is asked at each load. Web-standard in and out: Electron's `protocol.handle` and the loopback
 * server are thin adapters over this.
 */
export function createPage(folder: string, reach: () => Reach): (request: Request) => Promise<Response> {
  return async (request) => {
    const file = fileOf(folder, new URL(request.url).pathname)
    const type = file && TYPES[path.extname(file)]
    if (!type) return new Response(null, { status: 404 })
    const nonce = randomBytes(16).toString('base64')
    const headers = {
      'content-type': type,
      'content-security-policy': policy(nonce, reach()),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    }
    const body = await readFile(file).catch(() => undefined)
    if (!body) return new Response(null, { status: 404 })
    return new Response(type.startsWith('text/html') ? body.toString().replaceAll('__CSP_NONCE__', nonce) : body, { headers })
  }
}

/** The file a path names, or undefined when it would leave the folder. */
function fileOf(folder: string, pathname: string): string | undefined {
  try {
    const file = path.join(folder, pathname === '/' ? 'index.html' : decodeURIComponent(pathname))
    return file.startsWith(folder + path.sep) && !file.includes('\0') ? file : undefined
  } catch {
    return undefined // a broken escape
  }
}
