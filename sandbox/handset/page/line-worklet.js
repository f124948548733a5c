// Between the browser's sample rate and the telephone's: 8 kHz G.711 mu-law, frames of 160 bytes.
const telephoneRate = 8000
const frameSamples = 160
const longestMs = 400

/** One sample of -1…1 as a mu-law byte (ITU-T G.711). @param {number} value */
function encode(value) {
  const clipped = Math.max(-32_635, Math.min(32_635, Math.round(value * 32_767)))
  const magnitude = Math.abs(clipped) + 132
  const exponent = Math.max(0, Math.floor(Math.log2(magnitude)) - 7)
  const mantissa = (magnitude >> (exponent + 3)) & 15
  return ~((clipped < 0 ? 128 : 0) | (exponent << 4) | mantissa) & 255
}

/** @param {number} code */
function decode(code) {
  const flipped = ~code & 255
  const magnitude = ((((flipped & 15) << 3) + 132) << ((flipped >> 4) & 7)) - 132
  return (flipped & 128 ? -magnitude : magnitude) / 32_768
}

class Line extends AudioWorkletProcessor {
  constructor() {
    super()
    /** Samples heard, not yet played. @type {number[]} */
    this.heard = []
    /** Where between the first two of them playing stands. */
    this.position = 0
    this.isPlaying = false
    /** Sum and count of the microphone's samples that become one of the telephone's. */
    this.sum = 0
    this.count = 0
    this.due = 0
    /** @type {number[]} */
    this.frame = []
    this.port.addEventListener('message', ({ data }) => {
      for (const code of new Uint8Array(data)) this.heard.push(decode(code))
      // After a stall old sound is dropped, so that the talk stays close to now.
      const longest = (longestMs * telephoneRate) / 1000
      if (this.heard.length > longest) this.heard.splice(0, this.heard.length - longest)
    })
    this.port.start()
  }

  /** @param {Float32Array[][]} inputs @param {Float32Array[][]} outputs */
  process([input], [output]) {
    this.play(output ?? [])
    for (const sample of input?.[0] ?? []) this.listen(sample)
    return true
  }

  /** @param {Float32Array[]} channels */
  play(channels) {
    const [first] = channels
    if (!first) return
    // Three frames are gathered before playing begins, against unsteady arrival.
    if (!this.isPlaying && this.heard.length >= 3 * frameSamples) this.isPlaying = true
    for (let at = 0; at < first.length; at++) {
      if (this.isPlaying && this.heard.length < 2) this.isPlaying = false
      const [from = 0, to = 0] = this.isPlaying ? this.heard : []
      const value = from + (to - from) * this.position
      for (const channel of channels) channel[at] = value
      if (this.isPlaying) this.step()
    }
  }

  step() {
    this.position += telephoneRate / sampleRate
    while (this.position >= 1) {
      this.position -= 1
      this.heard.shift()
    }
  }

  /** @param {number} sample */
  listen(sample) {
    this.sum += sample
    this.count += 1
    this.due += telephoneRate / sampleRate
    if (this.due < 1) return
    this.due -= 1
    this.frame.push(encode(this.sum / this.count))
    this.sum = 0
    this.count = 0
    if (this.frame.length < frameSamples) return
    const bytes = Uint8Array.from(this.frame)
    this.frame = []
    this.port.postMessage(bytes.buffer, [bytes.buffer])
  }
}

// oxlint-disable-next-line house/effects -- an AudioWorklet's file registers what it is for
registerProcessor('line', Line)
