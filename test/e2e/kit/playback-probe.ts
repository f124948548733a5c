// Functions that run inside the page. They touch only the browser's own interfaces, so that the product has no test hooks.

declare global {
  interface Window {
    playbackProbe?: AnalyserNode[]
  }
}

/** Before the page's scripts: whatever is sent to the loudspeaker is sent to an analyser as well. */
export function installPlaybackProbe(): void {
  const analysers: AnalyserNode[] = []
  window.playbackProbe = analysers
  const connect: (this: AudioNode, ...args: unknown[]) => AudioNode = Object.getOwnPropertyDescriptor(AudioNode.prototype, 'connect')
    ?.value as never
  AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
    if (args[0] instanceof AudioDestinationNode) {
      const analyser = this.context.createAnalyser()
      analyser.fftSize = 16_384
      analyser.smoothingTimeConstant = 0
      connect.call(this, analyser)
      analysers.push(analyser)
    }
    return connect.apply(this, args)
  } as AudioNode['connect']
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
