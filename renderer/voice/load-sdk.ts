import type { VoiceEdge } from '../../contract/relay.ts'
import type { Sdk, SdkDevice } from './sdk.ts'
import { installSignalingShim, loopbackSignaling } from './signaling-shim.ts'

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 's', 'h']

/** The SDK's own sound names at another address, or nothing: then it fetches Twilio's. */
export function soundsAt(base: string | null): Record<string, string> {
  if (!base) return {}
  const names = ['incoming', 'outgoing', 'disconnect', ...DIGITS.map((digit) => `dtmf${digit}`)]
  const at = (name: string) =>
    `${base.replace(/\/$/, '')}/${name.replace(/^dtmf/, 'dtmf-').replace(/-s$/, '-star').replace(/-h$/, '-hash')}.mp3`
  return Object.fromEntries(names.map((name) => [name, at(name)]))
}

/** Loads the Voice SDK, after the shim where a sandbox on this machine takes Twilio's place. Once per page. */
export async function loadSdk(voice: VoiceEdge, appVersion: string): Promise<Sdk> {
  const signalingUrl = loopbackSignaling(voice.signalingUrl)
  if (signalingUrl) installSignalingShim(globalThis, signalingUrl)
  const { Device, Call } = await import('@twilio/voice-sdk')
  return {
    createDevice: (token, { tokenRefreshMs }) => {
      const options = {
        allowIncomingWhileBusy: true,
        appName: 'linekeeper',
        appVersion,
        closeProtection: false, // the page asks for itself
        codecPreferences: [Call.Codec.PCMU, Call.Codec.Opus],
        enableImprovedSignalingErrorPrecision: true,
        logLevel: 'silent' as const,
        maxCallSignalingTimeoutMs: 30_000,
        sounds: soundsAt(voice.soundsUrl),
        tokenRefreshMs,
        ...(signalingUrl ? { publishEvents: false } : {}), // Insights has no sandbox
      }
      return new Device(token, options) as unknown as SdkDevice // its listeners take `any`, which ours do not
    },
    resumeAudio: async () => Device.audioContext?.resume(),
  }
}
