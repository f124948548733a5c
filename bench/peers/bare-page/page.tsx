// The smallest page that takes and makes calls: react-dom and a Device, nothing else. What it needs is in the address' fragment.
import { useState } from 'react'
import { createRoot } from 'react-dom/client'

interface Settings {
  token: string
  signalingUrl: string
  soundsUrl: string
  params: Record<string, string>
}
const settings = JSON.parse(decodeURIComponent(location.hash.slice(1))) as Settings

// The SDK keeps the WebSocket it finds when it is loaded: hence the dynamic import below.
globalThis.WebSocket = class extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(String(url).endsWith('.twilio.com/signal') ? settings.signalingUrl : url, protocols)
  }
}
const { Device } = await import('@twilio/voice-sdk')
const names = ['incoming', 'outgoing', 'disconnect', ...Array.from({ length: 10 }, (_, digit) => `dtmf${digit}`), 'dtmfs', 'dtmfh'] as const
const sounds = Object.fromEntries(names.map((name) => [name, `${settings.soundsUrl}/${name}.mp3`]))

type Call = Awaited<ReturnType<InstanceType<typeof Device>['connect']>>

function Phone() {
  const [device, setDevice] = useState<InstanceType<typeof Device>>()
  const [call, setCall] = useState<Call>()
  const [state, setState] = useState('off')
  const turnOn = async () => {
    const made = new Device(settings.token, { sounds, publishEvents: false } as ConstructorParameters<typeof Device>[1])
    made.on('registered', () => setState('Ready'))
    await made.register()
    setDevice(made)
  }
  const dial = async (to: string) => {
    const made = await device!.connect({ params: { ...settings.params, To: to, LkCall: newId() } })
    made.on('accept', () => setState('In call'))
    made.on('disconnect', () => setState('Ready'))
    setCall(made)
  }
  return (
    <main>
      <output aria-label="Call state">{state}</output>
      <button onClick={() => void turnOn()}>Turn on calls</button>
      <form action={(form) => dial(form.get('to') as string)}>
        <input name="to" aria-label="Phone number" />
        <button disabled={!device}>Call</button>
      </form>
      <button onClick={() => call?.disconnect()}>Hang up</button>
    </main>
  )
}

/** A UUIDv7, as the relay asks of a call's id. */
function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`
}

createRoot(document.querySelector('#root')!).render(<Phone />)
