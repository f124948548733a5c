import { toFailure, failure } from '../../contract/failure.ts'
import type { SoundCheck } from '../model/app.ts'

const TICK_MS = 50

/** A sound check over the browser's own audio, with no call and no SDK. */
export function createSoundCheck(devices: Pick<MediaDevices, 'getUserMedia'> | undefined, Context: typeof AudioContext): SoundCheck {
  return {
    async listen(onLevel) {
      if (!devices) return { failure: failure('microphone-missing') }
      try {
        return measure(await devices.getUserMedia({ audio: true }), new Context(), onLevel)
      } catch (error) {
        const name = error instanceof Error ? error.name : ''
        if (name === 'NotAllowedError') return { failure: failure('microphone-denied') }
        if (name === 'NotFoundError') return { failure: failure('microphone-missing') }
        return { failure: name === 'NotReadableError' ? failure('microphone-busy') : toFailure(error) }
      }
    },
    async play() {
      const audio = new Context()
      await audio.resume()
      await Promise.all([tone(audio, 523, 0), tone(audio, 659, 0.22)])
      await audio.close()
    },
  }
}

function measure(stream: MediaStream, audio: AudioContext, onLevel: (level: number) => void) {
  const analyser = audio.createAnalyser()
  audio.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
    onLevel(Math.min(1, Math.sqrt(power) * 4))
  }, TICK_MS)
  return {
    stop() {
      clearInterval(timer)
      for (const track of stream.getTracks()) track.stop()
      void audio.close()
    },
  }
}

function tone(audio: AudioContext, hz: number, afterSeconds: number): Promise<void> {
  const at = audio.currentTime + afterSeconds
  const oscillator = audio.createOscillator()
  const volume = audio.createGain()
  oscillator.frequency.value = hz
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(0.12, at + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.0005, at + 0.35)
  oscillator.connect(volume).connect(audio.destination)
  oscillator.start(at)
  oscillator.stop(at + 0.4)
  return new Promise((resolve) => oscillator.addEventListener('ended', () => resolve()))
}
