import type { CustomScheme, Protocol } from 'electron'
import { MEDIA_PATH } from '../../media/tickets.ts'

export const ORIGIN = 'app://linekeeper'

/** To be registered before `ready`: a standard, secure origin, so that storage, fetch and the microphone work as on https. */
export const privileges: CustomScheme[] = [
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } },
]

type Answer = (request: Request) => Promise<Response>

/** Serves the page on its own scheme, and media below it; any other host of it is nothing. */
export function serveApp(protocol: Pick<Protocol, 'handle'>, page: Answer, media: Answer): void {
  protocol.handle('app', (request) => {
    const { host, pathname } = new URL(request.url)
    if (host !== new URL(ORIGIN).host) return new Response(null, { status: 404 })
    if (pathname.startsWith(MEDIA_PATH)) return media(request)
    return request.method === 'GET' ? page(request) : new Response(null, { status: 404 })
  })
}
