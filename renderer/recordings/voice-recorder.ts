import { failure, type Failure } from '../../contract/failure.ts'

export interface VoiceRecording {
  /** How loud it is, 0…1, about 20 times a second. @returns how to stop it */
  onLevel: (listener: (level: number) => void) => () => void
  /** Ends it. Undefined when nothing was recorded. */
  stop(): Promise<Blob | undefined>
  /** Ends it and forgets what was said. */
  cancel(): void
}

const TICK_MS = 50

function refused(error: unknown): Failure {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return failure('microphone-denied')
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return failure('microphone-missing')
  return failure('microphone-busy', String(error)) // there, but another program holds it
}

/** Opens the microphone and records until it is told to stop. In a gesture. @returns why it cannot, when it cannot */
export async function recordVoice(devices: Pick<MediaDevices, 'getUserMedia'> | undefined): Promise<VoiceRecording | { failure: Failure }> {
  if (!devices) return { failure: failure('microphone-missing') }
  const stream = await devices.getUserMedia({ audio: true }).catch(refused)
  return 'code' in stream ? { failure: stream } : begin(stream)
}

function begin(stream: MediaStream): VoiceRecording {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  context.createMediaStreamSource(stream).connect(analyser)
  const recorder = new MediaRecorder(stream)
  const parts: Blob[] = []
  recorder.addEventListener('dataavailable', ({ data }) => void (data.size > 0 && parts.push(data)))
  recorder.start()
  const release = () => {
    for (const track of stream.getTracks()) track.stop()
    if (context.state !== 'closed') void context.close()
  }
  return {
    onLevel(listener) {
      const samples = new Float32Array(analyser.fftSize)
      const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples)
        const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
        listener(Math.min(1, Math.sqrt(power) * 4))
      }, TICK_MS)
      return () => clearInterval(timer)
    },
    stop: () =>
      new Promise((resolve) => {
        const end = () => {
          release()
          resolve(parts.length > 0 ? new Blob(parts, { type: recorder.mimeType }) : undefined)
        }
        if (recorder.state === 'inactive') return end()
        recorder.addEventListener('stop', end, { once: true })
        return recorder.stop()
      }),
    cancel() {
      if (recorder.state !== 'inactive') recorder.stop()
      release()
    },
  }
}
