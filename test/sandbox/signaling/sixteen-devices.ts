// A process of Devices: places calls, says 1 kHz, and reports on request what arrived. Its parent is a test.
import { tone } from '../../../sandbox/twilio/media/sources.ts'
import { createTestPeer, openClient, type RawClient, type TestPeer } from './device.ts'
import { temporarySid, tokenFor } from './kit.ts'

/** What one Device received. */
export interface LegReport {
  packets: number
  /** Sequence numbers that never came. */
  lost: number
  /** Places where the timestamp does not go on from packet to packet. */
  holes: number
}

const [port, legs] = process.argv.slice(2).map(Number) as [number, number]
/** 20 whole periods: repeated, it is an endless tone. */
const VOICE = tone(1000).next()!

async function place(index: number): Promise<TestPeer> {
  const client = await openClient(port)
  client.send('listen', { token: tokenFor(`device${index}`) })
  await client.take('connected')
  const peer = createTestPeer()
  client.send('invite', { callsid: temporarySid(), sdp: await peer.offer(), twilio: {} })
  void talk(client, peer)
  return peer
}

async function talk(client: RawClient, peer: TestPeer): Promise<void> {
  await peer.take((await client.take('answer')).sdp!)
  peer.speak(VOICE)
}

function reportOf({ packets }: TestPeer): LegReport {
  const steps = packets.slice(1).map((packet, i) => ({
    sequence: (packet.sequenceNumber - packets[i]!.sequenceNumber) & 0xffff,
    time: (packet.timestamp - packets[i]!.timestamp) >>> 0,
  }))
  const lost = steps.reduce((sum, { sequence }) => sum + sequence - 1, 0)
  return { packets: packets.length, lost, holes: steps.filter(({ time }) => time !== 160).length }
}

const peers: TestPeer[] = []
for (let index = 0; index < legs; index++) peers.push(await place(index))
process.on('message', () => process.send?.(peers.map(reportOf)))
