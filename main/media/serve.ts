import type { ByteRange } from './range.ts'
import { rangeOf } from './range.ts'
import type { ByteSource } from './sealed-file.ts'

const ALWAYS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': `default-src 'none'`,
  'referrer-policy': 'no-referrer',
}

/** Nothing to be had: the status says why, for a player knows no more. */
export const refused = (status: number): Response => new Response(null, { status, headers: ALWAYS })

export interface ServeOptions {
  contentType: string
  /** To be saved under this name, instead of played. */
  fileName?: string
}

/** A file name for a header, in both of its spellings (RFC 6266). */
function disposition(fileName: string): string {
  const plain = fileName.replaceAll(/[^\w .()+-]/g, '_')
  const exact = encodeURIComponent(fileName).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`
}

const lengthOf = ({ start, end }: ByteRange) => end - start + 1

/**
 * Answers GET and HEAD with bytes of a source: 200, 206 or 416, as far as its size is known. The first piece is read before anything is
 * promised; the others when the reader wants them. @throws what reading the first piece throws
 */
export async function serve(request: Request, source: ByteSource, { contentType, fileName }: ServeOptions): Promise<Response> {
  const { size } = source
  const headers: Record<string, string> = { ...ALWAYS, 'content-type': contentType }
  if (fileName !== undefined) headers['content-disposition'] = disposition(fileName)
  if (size === undefined) return new Response(await bodyOf(request, source.read(0)), { headers })
  headers['accept-ranges'] = 'bytes'
  const range = rangeOf(request.headers.get('range'), size)
  if (range === 'unsatisfiable') return new Response(null, { status: 416, headers: { ...ALWAYS, 'content-range': `bytes */${size}` } })
  headers['content-length'] = String(range ? lengthOf(range) : size)
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${size}`
  const pieces = range ? source.read(range.start, range.end + 1) : source.read(0, size)
  return new Response(await bodyOf(request, pieces), { status: range ? 206 : 200, headers })
}

async function bodyOf(request: Request, pieces: AsyncGenerator<Uint8Array>): Promise<ReadableStream<Uint8Array> | null> {
  if (request.method === 'HEAD') return null
  const first = await pieces.next()
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (first.done) controller.close()
        else controller.enqueue(first.value)
      },
      async pull(controller) {
        const { value, done } = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: async () => void (await pieces.return(undefined)),
    },
    { highWaterMark: 0 },
  )
}
