// Functions that run inside the page. They touch only the browser's own interfaces, so that the product has no test hooks.

interface Probe {
  tracks: MediaStreamTrack[]
  /** While listening: ms of silence in a row, at worst. */
  longestSilenceMs?: number
  watch?: ReturnType<typeof setInterval>
}
declare global {
  interface Window {
    audioProbe?: Probe
  }
}

/** Before the page's scripts: the microphone becomes a sine of `voiceHz`, and every remote audio track is remembered. 0 leaves the microphone. */
export function installAudioProbe(voiceHz: number): void {
  const probe: Probe = { tracks: [] }
  window.audioProbe = probe
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      this.addEventListener('track', (event) => probe.tracks.push(event.track))
    }
  }
  if (!voiceHz || !navigator.mediaDevices) return
  navigator.mediaDevices.getUserMedia = async () => {
    const audio = new AudioContext()
    await audio.resume()
    const oscillator = audio.createOscillator()
    oscillator.frequency.value = voiceHz
    const volume = audio.createGain()
    volume.gain.value = 0.3
    const out = audio.createMediaStreamDestination()
    oscillator.connect(volume).connect(out)
    oscillator.start()
    return out.stream
  }
}

/** Dominant frequency and RMS level of what the newest live remote track plays, over half a second. */
export async function heardTone(): Promise<{ hz: number; level: number }> {
  const track = window.audioProbe?.tracks.findLast((one) => one.readyState === 'live')
  if (!track) return { hz: 0, level: 0 }
  const audio = new AudioContext()
  await audio.resume()
  const analyser = audio.createAnalyser()
  analyser.fftSize = 16_384
  analyser.smoothingTimeConstant = 0
  audio.createMediaStreamSource(new MediaStream([track])).connect(analyser)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const bins = new Float32Array(analyser.frequencyBinCount)
  analyser.getFloatFrequencyData(bins)
  const samples = new Float32Array(analyser.fftSize)
  analyser.getFloatTimeDomainData(samples)
  const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
  const width = audio.sampleRate / analyser.fftSize
  await audio.close()
  const peak = bins.indexOf(Math.max(...bins))
  return { hz: level < 0.001 ? 0 : peak * width, level }
}

/** From now on counts how long the newest live remote track is silent, looking at the last 21 ms every 20 ms. */
export async function listenForGaps(): Promise<void> {
  const probe = window.audioProbe
  const track = probe?.tracks.findLast((one) => one.readyState === 'live')
  if (!probe || !track) throw new Error('nobody can be heard')
  const audio = new AudioContext()
  await audio.resume()
  const analyser = audio.createAnalyser()
  analyser.fftSize = 1024
  audio.createMediaStreamSource(new MediaStream([track])).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  await new Promise((resolve) => setTimeout(resolve, 100)) // the analyser begins with zeros
  clearInterval(probe.watch) // of the call before
  probe.longestSilenceMs = 0
  let heardAt = performance.now()
  probe.watch = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    const isSilent = samples.every((sample) => Math.abs(sample) < 0.003)
    if (!isSilent) heardAt = performance.now()
    probe.longestSilenceMs = Math.max(probe.longestSilenceMs ?? 0, performance.now() - heardAt)
  }, 20)
}
