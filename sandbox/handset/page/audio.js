// The handset's sound: mu-law frames of 20 ms over a WebSocket, turned into samples by an AudioWorklet.

/** Sound of one call: `start` within a click, then `connect`. */
export function createAudio() {
  const context = new AudioContext()
  /** @type {MediaStream | undefined} */
  let microphone
  /** @type {WebSocket | undefined} */
  let socket
  /** @type {AudioWorkletNode | undefined} */
  let line
  return {
    /** @param {boolean} talks Whether to ask for the microphone; without it the far end hears silence. */
    async start(talks) {
      await context.audioWorklet.addModule('/handset/line-worklet.js')
      line = new AudioWorkletNode(context, 'line')
      line.connect(context.destination)
      if (talks) {
        microphone = await navigator.mediaDevices.getUserMedia({ audio: true })
        context.createMediaStreamSource(microphone).connect(line)
      }
      await context.resume()
    },
    /** @param {string} callSid */
    connect(callSid) {
      const { protocol, host } = window.location
      const opened = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/handset/audio?call=${callSid}`)
      opened.binaryType = 'arraybuffer'
      opened.addEventListener('message', ({ data }) => line?.port.postMessage(data, [data]))
      if (line)
        line.port.addEventListener('message', ({ data }) => {
          if (microphone && opened.readyState === WebSocket.OPEN) opened.send(data)
        })
      line?.port.start()
      socket = opened
    },
    close() {
      socket?.close()
      for (const track of microphone?.getTracks() ?? []) track.stop()
      void context.close()
    },
  }
}
