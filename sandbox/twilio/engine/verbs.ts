import { wavSource } from '../media/wav.ts'
import type { AudioSource } from '../ports.ts'
import type { Verb } from '../twiml/verbs.ts'
import { pause } from './deps.ts'
import { dial } from './dial.ts'
import { record } from './record-verb.ts'
import { sendDigits } from './digits.ts'
import type { Outcome, Scene } from './scene.ts'
import { report, resolveUrl } from './source.ts'

const next: Outcome = { kind: 'next' }
const end: Outcome = { kind: 'end' }
/** loop="0": for ever, that is longer than any call. */
const FOR_EVER = 100_000
const MS_PER_SECOND = 1000
const FETCH_LIMIT_MS = 15_000

/** Runs one verb on the leg, answering it first where Twilio would. */
export async function act(scene: Scene, verb: Verb): Promise<Outcome> {
  const { live, deps, signal } = scene
  switch (verb.verb) {
    case 'Dial':
      return dial(scene, verb)
    case 'Record':
      return record(scene, verb)
    case 'Say':
      return repeat(scene, verb.loop, () => deps.speech.say(verb.text, verb.language))
    case 'Play':
      return verb.digits === undefined ? repeat(scene, verb.loop, () => sound(scene, verb.url)) : playDigits(scene, verb.digits)
    case 'Pause':
      // As the first verb it delays the answer.
      if (!scene.isFirstVerb) await live.answer()
      await pause(deps.clock, verb.seconds * MS_PER_SECOND, signal)
      return next
    case 'Redirect': {
      const url = resolveUrl(verb.url, scene.base)
      if (url) return { kind: 'goto', source: { kind: 'url', url, method: verb.method }, isAction: false }
      report(deps, live, 'error', { code: 11_100, message: `Redirect to '${verb.url}', which is no URL` })
      return end
    }
    case 'Reject':
      if (!live.isAnswered) live.finish('busy', verb.reason === 'busy' ? 'busy' : 'declined')
      return end
    case 'Hangup':
      return end
    default:
      return verb satisfies never
  }
}

async function repeat({ live, signal }: Scene, loop: number, source: () => Promise<AudioSource | undefined>): Promise<Outcome> {
  await live.answer()
  for (let i = 0; i < (loop || FOR_EVER); i++) {
    const audio = signal.aborted ? undefined : await source()
    if (!audio || signal.aborted || !live.leg) return next
    const stop = () => live.leg?.audio.stop()
    signal.addEventListener('abort', stop, { once: true })
    await live.leg.audio.play(audio)
    signal.removeEventListener('abort', stop)
  }
  return next
}

async function playDigits({ deps, live, signal }: Scene, digits: string): Promise<Outcome> {
  await live.answer()
  if (live.leg) await sendDigits(deps.clock, live.leg, digits, signal)
  return next
}

/** What Play plays. A file that cannot be had is an error in the debugger, and the document goes on. */
async function sound({ deps, live, base, signal }: Scene, url: string): Promise<AudioSource | undefined> {
  const absolute = resolveUrl(url, base)
  try {
    if (!absolute) throw new Error('no URL')
    const answer = await deps.fetch(located(absolute, deps.soundsBase), {
      signal: AbortSignal.any([signal, AbortSignal.timeout(FETCH_LIMIT_MS)]),
    })
    if (!answer.ok) throw new Error(`status ${answer.status}`)
    return wavSource(new Uint8Array(await answer.arrayBuffer()))
  } catch (error) {
    if (signal.aborted) return undefined
    report(deps, live, 'error', { code: 11_200, message: `Play '${url}': ${(error as Error).message}` })
    return undefined
  }
}

/** Twilio's own sounds are found among the sandbox's. */
function located(url: string, soundsBase: string | undefined): string {
  const { hostname, pathname } = new URL(url)
  const isTwilios = /(^|\.)(twilio\.com|twiliocdn\.com|com\.twilio\.[\w.-]+\.s3\.amazonaws\.com)$/.test(hostname)
  return isTwilios && soundsBase ? new URL(pathname.split('/').pop() ?? '', soundsBase.replace(/\/?$/, '/')).href : url
}
