/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * The one range that a Range header asks for of `size` bytes. Undefined: the whole, also for what is no range of bytes or several (RFC 9110
 * lets a server ignore those). `unsatisfiable`: nothing of it is there, a 416. Pure.
 */
export function rangeOf(header: string | null, size: number): ByteRange | 'unsatisfiable' | undefined {
  const asked = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/.exec(header?.trim() ?? '')
  if (!asked || (!asked[1] && !asked[2])) return undefined
  if (!asked[1]) {
    const last = Math.min(Number(asked[2]), size)
    return last === 0 ? 'unsatisfiable' : { start: size - last, end: size - 1 }
  }
  const start = Number(asked[1])
  const end = asked[2] ? Number(asked[2]) : size - 1
  if (asked[2] && end < start) return undefined // not valid, hence ignored
  return start >= size ? 'unsatisfiable' : { start, end: Math.min(end, size - 1) }
}
