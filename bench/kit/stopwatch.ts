// These functions run inside the page, before its scripts; they touch the browser's interfaces alone, so that the product needs no hooks.

/** Instants in ms of the page's clock; 0 = not yet. */
export interface Laps {
  clickAt: number
  connectAt: number
  heardAt: number
}
interface Stopwatch {
  laps: Laps
  heard: PromiseWithResolvers<void>
}
declare global {
  interface Window {
    stopwatch?: Stopwatch
  }
  // Chromium's; a strict script-src refuses worklets made of strings.
  var MediaStreamTrackProcessor: new (options: { track: MediaStreamTrack }) => { readable: ReadableStream<AudioData> }
}

const newStopwatch = (): Stopwatch => ({ laps: { clickAt: 0, connectAt: 0, heardAt: 0 }, heard: Promise.withResolvers<void>() })

/** A click on *Call* begins a new lap. */
function onClick(event: MouseEvent): void {
  if ((event.target as Element).closest('button')?.textContent.trim() !== 'Call') return
  window.stopwatch = newStopwatch()
  window.stopwatch.laps.clickAt = event.timeStamp
}

/** Something asked for a call: the SDK's connect asks for the microphone, or makes its connection, whichever is first. */
function onConnect(): void {
  const laps = window.stopwatch?.laps
  if (laps?.clickAt && !laps.connectAt) laps.connectAt = performance.now()
}

function watch(): void {
  addEventListener('click', onClick, { capture: true })
  const devices = navigator.mediaDevices
  const original = devices.getUserMedia.bind(devices)
  devices.getUserMedia = (constraints) => (onConnect(), original(constraints))
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      onConnect()
      this.addEventListener('track', ({ track }) => void listenForTone(track))
    }
  }
}

/** Reads what the track plays, in Chromium's blocks of 10 ms, until one is 440 Hz. */
async function listenForTone(track: MediaStreamTrack): Promise<void> {
  const current = window.stopwatch
  for await (const block of new MediaStreamTrackProcessor({ track: track.clone() }).readable) {
    const samples = new Float32Array(block.numberOfFrames)
    block.copyTo(samples, { planeIndex: 0, format: 'f32-planar' })
    const isHeard = isTone(samples, block.sampleRate)
    block.close()
    if (!isHeard || !current) continue
    current.laps.heardAt = performance.now()
    return current.heard.resolve()
  }
}

/** Goertzel: whether the block is loud enough and most of its energy is at 440 Hz. */
function isTone(block: Float32Array, rate: number): boolean {
  const coefficient = 2 * Math.cos((2 * Math.PI * 440) / rate)
  let [before, last, energy] = [0, 0, 0]
  for (const sample of block) {
    ;[before, last] = [last, sample + coefficient * last - before]
    energy += sample * sample
  }
  const power = (2 * (last * last + before * before - coefficient * last * before)) / block.length
  return energy > block.length * 1e-4 && power > energy * 0.5
}

/** What goes into the page before its scripts. */
export const stopwatchScript = () =>
  [`const newStopwatch = ${String(newStopwatch)}`, ...[onClick, onConnect, watch, listenForTone, isTone].map(String), 'watch()'].join('\n')

/** Runs in the page: waits for the tone of the call that was clicked last. */
export async function readStopwatch(): Promise<Laps> {
  const { laps, heard } = window.stopwatch!
  const tooLate = new Promise((_resolve, reject) => setTimeout(() => reject(new Error('no 440 Hz within 15 s')), 15_000))
  await Promise.race([heard.promise, tooLate])
  return laps
}
