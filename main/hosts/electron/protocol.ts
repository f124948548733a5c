import type { CustomScheme, Protocol } from 'electron'

export const ORIGIN = 'app://linekeeper'

/** To be registered before `ready`: a standard, secure origin, so that storage, fetch and the microphone work as on https. */
export const privileges: CustomScheme[] = [
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } },
]

/** Serves the page on its own scheme; any other host of it is nothing. */
export function serveApp(protocol: Pick<Protocol, 'handle'>, page: (request: Request) => Promise<Response>): void {
  protocol.handle('app', (request) => {
    const isOurs = new URL(request.url).host === new URL(ORIGIN).host
    return isOurs && request.method === 'GET' ? page(request) : new Response(null, { status: 404 })
  })
}
