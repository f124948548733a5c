export interface WavShape {
  seconds: number
  rate?: number
  channels?: number
  bits?: number
  /** 1: PCM. */
  tag?: number
  formatBytes?: number
  /** Chunks before the format: id and size. */
  before?: [string, number][]
  /** Of a sine on every channel; 0: silence. */
  hz?: number
}

/** A WAV file as its header says; only 16-bit samples sound. */
export function wavOf({
  seconds,
  rate = 8000,
  channels = 1,
  bits = 16,
  tag = 1,
  formatBytes = 16,
  before = [],
  hz = 0,
}: WavShape): Uint8Array {
  const block = Math.max(1, (channels * bits) / 8)
  const format = Buffer.alloc(formatBytes)
  format.writeUInt16LE(tag, 0)
  format.writeUInt16LE(channels, 2)
  format.writeUInt32LE(rate, 4)
  format.writeUInt32LE(rate * block, 8)
  format.writeUInt16LE(block, 12)
  format.writeUInt16LE(bits, 14)
  if (formatBytes >= 26) format.writeUInt16LE(1, 24) // extensible: the real encoding is PCM
  const samples = Math.round(seconds * rate)
  const data = Buffer.alloc(samples * block)
  if (hz > 0 && bits === 16)
    for (let at = 0; at < samples * channels; at++)
      data.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * hz * Math.floor(at / channels)) / rate)), at * 2)
  const chunks = [...before.map(([id, size]) => chunk(id, Buffer.alloc(size))), chunk('fmt ', format), chunk('data', data)]
  const body = Buffer.concat([Buffer.from('WAVE'), ...chunks])
  return new Uint8Array(Buffer.concat([chunkHead('RIFF', body.length), body]))
}

const chunkHead = (id: string, size: number) => {
  const head = Buffer.alloc(8, id.slice(0, 4).padEnd(4))
  head.writeUInt32LE(size, 4)
  return head
}
const chunk = (id: string, content: Buffer) => Buffer.concat([chunkHead(id, content.length), content, Buffer.alloc(content.length & 1)])
