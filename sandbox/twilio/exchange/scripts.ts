// What the people outside do, in a line of steps separated by spaces or semicolons, run once the call is answered:
//   talk            speaks (a 700 Hz tone, so that tests can measure it) until the call ends: the default
//   tone:700[:4s]   says a tone of so many Hz, for ever or so long
//   speech:Hello_there   says words (underscores are spaces)
//   silent          says nothing from now on
//   echo            says what it hears
//   wait[:2s]       waits; without a time until the call ends (driven by hand)
//   beep            waits until it heard a beep (at most a minute)
//   digits:12#      presses keys, 250 ms apart
//   hangup[:3s]     hangs up, after that time
//   voicemail       = beep tone:700:4s hangup
//   giveup:3s       hangs up if nobody has answered after that time (counted from the call's start, wherever it stands in the line)
// Durations: 500ms, 3s, 1.5s. A step that lasts until the call ends hides those after it.

export type Step =
  | { do: 'tone'; hz: number; ms: number | undefined }
  | { do: 'speech'; text: string }
  | { do: 'silent' | 'echo' | 'beep' }
  | { do: 'wait'; ms: number | undefined }
  | { do: 'digits'; digits: string }
  | { do: 'hangup'; ms: number }

export interface Script {
  steps: Step[]
  giveUpMs: number | undefined
}

const VOICE_HZ = 700
const VOICEMAIL_MS = 4000

/** Reads a script. @throws Error naming the step it does not know */
export function parseScript(text: string): Script {
  const script: Script = { steps: [], giveUpMs: undefined }
  const words = text.split(/[\s;]+/).filter(Boolean)
  for (const word of words.length ? words : ['talk']) {
    const [name = '', first, second] = word.split(':')
    if (name === 'giveup') script.giveUpMs = duration(first, word)
    else script.steps.push(...stepsOf(name, first, second, word))
  }
  return script
}

function stepsOf(name: string, first: string | undefined, second: string | undefined, word: string): Step[] {
  switch (name) {
    case 'talk':
      return [{ do: 'tone', hz: VOICE_HZ, ms: undefined }]
    case 'tone':
      return [{ do: 'tone', hz: frequency(first, word), ms: second === undefined ? undefined : duration(second, word) }]
    case 'speech':
      return [{ do: 'speech', text: (first ?? '').replaceAll('_', ' ') }]
    case 'silent':
    case 'echo':
    case 'beep':
      return [{ do: name }]
    case 'wait':
      return [{ do: 'wait', ms: first === undefined ? undefined : duration(first, word) }]
    case 'digits':
      if (!first || !/^[0-9*#A-Dw]+$/.test(first)) throw new Error(`script step '${word}': digits are 0-9 * # w`)
      return [{ do: 'digits', digits: first }]
    case 'hangup':
      return [{ do: 'hangup', ms: first === undefined ? 0 : duration(first, word) }]
    case 'voicemail':
      return [{ do: 'beep' }, { do: 'tone', hz: VOICE_HZ, ms: VOICEMAIL_MS }, { do: 'hangup', ms: 0 }]
    default:
      throw new Error(`script step '${word}' is not known`)
  }
}

function frequency(text: string | undefined, word: string): number {
  const hz = Number(text)
  if (!(hz >= 50 && hz <= 3900)) throw new Error(`script step '${word}': a frequency is 50-3900 Hz`)
  return hz
}

function duration(text: string | undefined, word: string): number {
  const [, value, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text ?? '') ?? []
  if (!value) throw new Error(`script step '${word}': a time is written 500ms or 3s`)
  return Number(value) * (unit === 's' ? 1000 : 1)
}
