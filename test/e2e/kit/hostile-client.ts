import { RTCPeerConnection, useOPUS, usePCMU } from 'werift'
import { WebSocket } from 'ws'

/** A Voice SDK written by an enemy: has a valid token, but says in `connect` whatever it likes. Resolves with how the call ended or began. */
export async function hostileCall(sandboxUrl: string, token: string, params: [string, string][]): Promise<{ type: string; code?: number }> {
  const peer = new RTCPeerConnection({ iceServers: [], codecs: { audio: [usePCMU(), useOPUS()] } })
  peer.addTransceiver('audio', { direction: 'sendrecv' })
  await peer.setLocalDescription(await peer.createOffer())
  const socket = new WebSocket(sandboxUrl.replace('http', 'ws') + '/signal', { origin: 'http://127.0.0.1' })
  const send = (type: string, payload: object) => socket.send(JSON.stringify({ type, payload, version: '1.6' }))
  try {
    return await new Promise((resolve, reject) => {
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('closed without an answer')))
      socket.on('open', () => send('listen', { token, browserinfo: {}, reconnectTimeout: 0 }))
      socket.on('message', (data: Buffer) => {
        const text = data.toString()
        if (text === '\n') return socket.send('\n')
        const { type, payload } = JSON.parse(text) as { type: string; payload: { error?: { code: number } } }
        if (type === 'connected')
          send('invite', {
            callsid: `TJS${crypto.randomUUID()}`,
            sdp: peer.localDescription?.sdp,
            twilio: { params: new URLSearchParams(params).toString() },
          })
        if (['ringing', 'answer', 'hangup', 'error'].includes(type))
          resolve({ type, ...(payload.error ? { code: payload.error.code } : {}) })
      })
    })
  } finally {
    socket.removeAllListeners('close')
    socket.close()
    await peer.close()
  }
}
