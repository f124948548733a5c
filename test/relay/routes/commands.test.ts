import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CallFact } from '../../../contract/call.ts'
import type { Command, CommandsReply } from '../../../contract/relay.ts'
import { FailureError } from '../../../contract/failure.ts'
import { createCommands } from '../../../relay/events/commands.ts'
import { makeRelay, type Enrolled, type TestRelay } from '../kit.ts'

let relay: TestRelay
let ada: Enrolled
beforeEach(async () => {
  relay = await makeRelay()
  ada = await relay.enrolled('Ada', 'staff')
})
afterEach(() => relay.close())

const at = '2026-01-01T00:00:00.000Z'
const fact = (field: string, value: string): CallFact => ({ subject: 'call', field, value, source: 'sdk', at })
const observe = (commandId: string, callId: string) => ({
  commandId,
  name: 'call.observe',
  callId,
  facts: [fact('direction', 'outgoing'), fact('to', '+14155550102')],
})
const send = async (...commands: object[]) => relay.post('/api/commands', { commands }, ada.headers)
const commandsMade = () => createCommands(relay.core.db, relay.core.writer, relay.clock)
const put = () => relay.core.db.prepare("INSERT INTO meta (name, value) VALUES ('half', 'done')").run()
const half = () => relay.core.db.prepare("SELECT 1 FROM meta WHERE name = 'half'").get()
const session = () => ({ userId: ada.session.user.userId, deviceId: ada.session.device.deviceId, role: 'staff' as const })

test('what a desktop saw of its own call is joined once, however often it is sent', async () => {
  const first = await send(observe('one', 'call-1'))
  expect(first.json<CommandsReply>()).toEqual({ results: [{ commandId: 'one', status: 'applied' }] })
  const head = relay.core.events.head()
  const again = await send(observe('one', 'call-1'), observe('two', 'call-1'))
  expect(again.json<CommandsReply>().results.map((result) => result.status)).toEqual(['applied', 'applied'])
  expect(relay.core.events.head()).toBe(head)
  expect(relay.telephony.deps.calls.record('call-1')).toMatchObject({ direction: 'outgoing', userId: ada.session.user.userId })
})

test('a refused command is remembered as refused; the ones after it are applied', async () => {
  const decline = { commandId: 'no', name: 'call.decline-everywhere', callId: 'nothing' }
  const { results } = (await send(decline, observe('yes', 'call-1'))).json<CommandsReply>()
  expect(results).toEqual([
    { commandId: 'no', status: 'refused', code: 'not-found' },
    { commandId: 'yes', status: 'applied' },
  ])
  expect((await send(decline)).json<CommandsReply>().results).toEqual([results[0]])
})

test('a refusal undoes what the handler did; what follows a command runs once, after the commit', async () => {
  const commands = commandsMade()
  let followed = 0
  commands.register('call.observe', () => {
    put()
    throw new FailureError('forbidden')
  })
  commands.register('call.decline-everywhere', () => () => void (followed += relay.core.db.inTransaction ? 100 : 1))
  const refused = { commandId: 'a', name: 'call.observe', callId: 'c', facts: [fact('to', 'x')] } satisfies Command
  expect(await commands.apply(refused, session())).toMatchObject({ status: 'refused', code: 'forbidden' })
  expect(half()).toBeUndefined()
  const decline = { commandId: 'b', name: 'call.decline-everywhere', callId: 'c' } as const
  await commands.apply(decline, session())
  await commands.apply(decline, session())
  expect(followed).toBe(1)
})

test('a fault of ours is not remembered: the command may come again', async () => {
  const commands = commandsMade()
  let isBroken = true
  commands.register('call.observe', () => {
    if (isBroken) throw new Error('disk on fire')
    return undefined
  })
  const command = { commandId: 'a', name: 'call.observe', callId: 'c', facts: [fact('to', 'x')] } satisfies Command
  await expect(commands.apply(command, session())).rejects.toThrow('on fire')
  isBroken = false
  expect(await commands.apply(command, session())).toMatchObject({ status: 'applied' })
})

test.each([
  ['no commands', []],
  ['an unknown command', [{ commandId: 'a', name: 'user.promote', userId: 'me' }]],
  ['an extra field', [{ ...observe('a', 'c'), role: 'manager' }]],
  ['an id that does not fit into a URL', [observe('a/b', 'c')]],
  ['a fact of a made-up source', [{ ...observe('a', 'c'), facts: [{ ...fact('to', 'x'), source: 'god' }] }]],
])('%s: bad-request, one line, nothing written', async (_what, commands) => {
  const head = relay.core.events.head()
  const before = relay.lines.length
  const reply = await relay.post('/api/commands', { commands }, ada.headers)
  expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([400, 'bad-request'])
  expect(relay.lines.length - before).toBe(1)
  expect(relay.core.events.head()).toBe(head)
})
