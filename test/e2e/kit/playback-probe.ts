// Functions that run inside the page. They touch only the browser's own interfaces, so that the product has no test hooks.

declare global {
  interface Window {
    playbackProbe?: AnalyserNode[]
  }
}

/** Before the page's scripts: whatever is sent to the loudspeaker, by a graph or by a player of ours alone, is sent to an analyser as well. */
export function installPlaybackProbe(): void {
  const analysers: AnalyserNode[] = []
  window.playbackProbe = analysers
  const watch = (source: AudioNode) => {
    const analyser = source.context.createAnalyser()
    analyser.fftSize = 16_384
    analyser.smoothingTimeConstant = 0
    analysers.push(analyser)
    return analyser
  }
  type Method = (this: unknown, ...args: unknown[]) => unknown
  /** Runs `before` whenever the method is called. */
  const tap = (of: object, name: string, before: (self: unknown, original: Method, args: unknown[]) => void) => {
    const original = Reflect.get(of, name) as Method
    Reflect.set(of, name, function (this: unknown, ...args: unknown[]) {
      before(this, original, args)
      return original.apply(this, args)
    })
  }
  tap(AudioNode.prototype, 'connect', (node, connect, [to]) => {
    if (node instanceof AudioNode && to instanceof AudioDestinationNode) connect.call(node, watch(node))
  })
  // A player whose sound goes through no graph: it is not taken away from it, only listened to.
  const listened = new WeakSet<object>()
  tap(AudioContext.prototype, 'createMediaElementSource', (_context, _create, [element]) => void listened.add(element as object))
  tap(HTMLMediaElement.prototype, 'play', (element) => (element as HTMLMediaElement).addEventListener('playing', listen))
  function listen({ target }: Event) {
    if (!(target instanceof HTMLMediaElement) || listened.has(target) || !target.src.includes('/media/')) return
    listened.add(target)
    const { captureStream } = target as HTMLMediaElement & { captureStream: () => MediaStream }
    const stream = captureStream.call(target)
    const attend = () => {
      const source = new AudioContext().createMediaStreamSource(stream)
      source.connect(watch(source))
    }
    if (stream.getAudioTracks().length > 0) attend()
    else stream.addEventListener('addtrack', attend, { once: true })
  }
}

/** The tones that reach the loudspeaker now: dominant frequency of each source that is not silent. */
export function playedTones(): number[] {
  return (window.playbackProbe ?? []).flatMap((analyser) => {
    if (analyser.context.state !== 'running') return []
    const samples = new Float32Array(analyser.fftSize)
    analyser.getFloatTimeDomainData(samples)
    const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
    if (level < 0.005) return []
    const bins = new Float32Array(analyser.frequencyBinCount)
    analyser.getFloatFrequencyData(bins)
    return [bins.indexOf(Math.max(...bins)) * (analyser.context.sampleRate / analyser.fftSize)]
  })
}
