import { spawn } from 'node:child_process'
import { readWav } from '../media/wav.ts'
import { pcmSource, tone } from '../media/sources.ts'
import type { AudioSource } from '../ports.ts'

export interface Speech {
  /** Words as audio. Never rejects: without a synthesiser it is a tone as long as the speech would take. */
  say(text: string, language?: string): Promise<AudioSource>
}

/** About 15 characters a second. */
const MS_PER_CHARACTER = 65
const SUBSTITUTE_HZ = 300
const MOST_KEPT = 100

/** Text to speech with espeak-ng (`espeak`: its program, when not found by name). */
export function createSpeech({ espeak = 'espeak-ng' }: { espeak?: string } = {}): Speech {
  const kept = new Map<string, Promise<Int16Array | undefined>>()
  const spoken = (text: string, language: string) => {
    const key = `${language} ${text}`
    const known = kept.get(key)
    if (known) return known
    const fresh = synthesise(espeak, text, language).catch(() => undefined)
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!)
    kept.set(key, fresh)
    return fresh
  }
  return {
    async say(text, language = 'en-US') {
      const pcm = await spoken(text, language)
      return pcm ? pcmSource(pcm) : tone(SUBSTITUTE_HZ, Math.max(300, text.length * MS_PER_CHARACTER))
    },
  }
}

/** @throws when the program is missing, fails or says no WAV */
function synthesise(program: string, text: string, language: string): Promise<Int16Array> {
  return new Promise((resolve, reject) => {
    const voice = /^[a-z]{2,3}(-[a-z]{2})?$/i.test(language) ? language.toLowerCase() : 'en-us'
    // The text goes through stdin: it may begin with a dash.
    const child = spawn(program, ['--stdin', '--stdout', '-v', voice], { stdio: ['pipe', 'pipe', 'ignore'] })
    const chunks: Buffer[] = []
    child.on('error', reject)
    child.stdin.on('error', reject)
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`${program} ended with ${String(code)}`))
      try {
        resolve(readWav(Buffer.concat(chunks)))
      } catch (error) {
        reject(error)
      }
    })
    child.stdin.end(text)
  })
}
