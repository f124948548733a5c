// The best simple thing that takes Twilio's status callback and tells a desktop: it parses the form and sends the same frame.
// It verifies nothing, stores nothing, and forgets everything.
import formbody from '@fastify/formbody'
import websocket from '@fastify/websocket'
import Fastify from 'fastify'
import type { WebSocket } from 'ws'

const app = Fastify()
const sockets = new Set<WebSocket>()
let seq = 0
await app.register(formbody)
await app.register(websocket)
app.get('/api/events', { websocket: true }, (socket) => {
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
  socket.on('message', () => socket.send(JSON.stringify({ type: 'welcome', head: seq })))
})
app.post<{ Body: Record<string, string>; Querystring: { c: string; l: string } }>('/api/twilio/status-callback', (request, reply) => {
  const { CallSid, CallStatus, CallDuration, SequenceNumber, From, To, Timestamp } = request.body
  const at = new Date(Timestamp ?? '').toISOString()
  const values = { durationSeconds: Number(CallDuration), endAt: at, from: From, sid: CallSid, status: CallStatus, to: To }
  const subject = `leg:${request.query.l}`
  const of = { source: 'webhook', at, sequence: Number(SequenceNumber) }
  const facts = Object.entries(values).map(([field, value]) => ({ subject, field, value, ...of }))
  const frame = { type: 'event', seq: ++seq, prev: seq - 1, at, name: 'call.facts', payload: { callId: request.query.c, facts } }
  const text = JSON.stringify(frame)
  for (const socket of sockets) socket.send(text)
  void reply.code(204).send()
})
const url = await app.listen({ host: '127.0.0.1', port: 0 })
console.log(JSON.stringify({ event: 'ready', url }))
process.once('disconnect', () => process.exit())
process.once('SIGTERM', () => process.exit())
