import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ExportProgress } from '../../../contract/history.ts'
import { Exports, type ExportSource } from '../../../main/exports/exports.ts'
import { createTickets } from '../../../main/media/tickets.ts'
import { newFolder } from '../kit/desktop.ts'
import { testPorts } from '../kit/memory-ports.ts'
import { gather } from '../media/kit.ts'
import { until } from '../media/media-relay.ts'
import { item } from './kit.ts'

let folder: string
let told: ExportProgress[]
let ports: ReturnType<typeof testPorts>
let exports: Exports
beforeEach(() => {
  folder = path.join(newFolder(), 'exports')
  told = []
  ports = testPorts()
})
afterEach(async () => {
  await exports.stop()
  rmSync(path.dirname(folder), { recursive: true })
})

const PAGE = 200
/** So many calls; `onPage` is waited for before each page is given. */
const calls = (count: number, onPage: (page: number) => Promise<void> = () => Promise.resolve()): ExportSource => ({
  count: () => Promise.resolve(count),
  async page(_asked, after) {
    const from = Number(after ?? 0)
    await onPage(from / PAGE)
    const size = Math.min(PAGE, count - from)
    const next = from + size < count ? String(from + size) : null
    return { calls: Array.from({ length: size }, (_, index) => item({ callId: `c${from + index}` })), next }
  },
  notes: () => Promise.resolve(new Map()),
  names: () => Promise.resolve({ users: new Map(), numbers: new Map(), country: 'US' }),
})
function open(source: ExportSource) {
  const tickets = createTickets(ports.clock)
  exports = new Exports({ folder, source, tickets, clock: ports.clock, log: ports.log, tell: (progress) => told.push(progress) })
  return exports
}
const begin = (exportId = 'x1', format: 'csv' | 'json' = 'json') => exports.start({ exportId, format, filter: {} })
const isOver = (exportId: string) => /done|failed|cancelled/.test(told.findLast((one) => one.exportId === exportId)?.state ?? '')
const ended = (exportId = 'x1') => until(() => Promise.resolve(isOver(exportId)), 30_000)
const last = () => told.at(-1)

test('is a file for its owner alone, handed out once', async () => {
  open(calls(450))
  expect(begin()).toMatchObject({ exportId: 'x1', state: 'running', url: null, failure: null })
  await ended()
  expect(last()).toMatchObject({
    state: 'done',
    done: 450,
    total: 450,
    fileName: expect.stringMatching(/^calls-\d{4}-\d\d-\d\d\.json$/) as string,
  })
  expect(last()?.url).toMatch(/^\/media\/[\w-]{22}$/)
  const [name = ''] = readdirSync(folder)
  expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600)
  const file = await exports.take('x1')
  const read = JSON.parse((await gather(file?.source.read(0) ?? [])).toString()) as { callId: string }[]
  expect(read.map(({ callId }) => callId)).toEqual(Array.from({ length: 450 }, (_, index) => `c${index}`))
  expect(readdirSync(folder)).toEqual([])
  expect(await exports.take('x1')).toBeUndefined()
})

test('100,000 calls: told of now and then, never backwards, and nobody waits for it', async () => {
  open(calls(100_000))
  const began = performance.now()
  begin('x1', 'csv')
  let turns = 0
  const timer = setInterval(() => (turns += 1), 1)
  await ended()
  clearInterval(timer)
  expect(last()).toMatchObject({ state: 'done', done: 100_000, total: 100_000 })
  const steps = told.map(({ done }) => done)
  expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  expect(told.length).toBeLessThan(4 + (performance.now() - began) / 250) // of 500 pages
  expect(turns).toBeGreaterThan(20) // the thread was free between the pages
})

test('the same export asked for again is the same export', async () => {
  open(calls(10))
  begin()
  await ended()
  expect(begin()).toEqual(last())
  expect(told.filter(({ state }) => state === 'done')).toHaveLength(1)
})

test('cancelled: nothing stays, and it can be said again', async () => {
  const reached = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  open(
    calls(1000, async (page) => {
      if (page !== 2) return
      reached.resolve()
      await gate.promise
    }),
  )
  begin()
  await reached.promise
  const cancelled = exports.cancel('x1')
  gate.resolve()
  expect(await cancelled).toMatchObject({ state: 'cancelled', url: null, failure: null })
  expect(readdirSync(folder)).toEqual([])
  expect(await exports.cancel('x1')).toMatchObject({ state: 'cancelled' })
  await expect(exports.cancel('other')).rejects.toMatchObject({ code: 'not-found' })
})

test('of many that were cancelled or failed the last ones are remembered', async () => {
  open(calls(10, () => Promise.reject(new Error('no page'))))
  for (let index = 0; index < 30; index++) {
    begin(`x${index}`)
    if (index % 2 === 0) await exports.cancel(`x${index}`)
  }
  await ended('x29')
  expect(await exports.cancel('x29')).toMatchObject({ state: 'failed' })
  expect(await exports.cancel('x28')).toMatchObject({ state: 'cancelled' })
  await expect(exports.cancel('x0')).rejects.toMatchObject({ code: 'not-found' })
  await expect(exports.cancel('x1')).rejects.toMatchObject({ code: 'not-found' })
})

test('one that waits for another is cancelled at once', async () => {
  const gate = Promise.withResolvers<void>()
  open(calls(10, () => gate.promise))
  begin('x1')
  begin('x2')
  const second = exports.cancel('x2')
  gate.resolve()
  expect(await second).toMatchObject({ state: 'cancelled', done: 0 })
  await ended('x1')
  expect(told.find(({ exportId, state }) => exportId === 'x1' && state === 'done')?.done).toBe(10)
})

test.each([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EIO', 'internal'],
])('%s: it failed, says why, and leaves nothing', async (errno, code) => {
  open(calls(1000, (page) => (page === 2 ? Promise.reject(Object.assign(new Error(errno), { code: errno })) : Promise.resolve())))
  begin()
  await ended()
  expect(last()).toMatchObject({ state: 'failed', url: null, failure: { code } })
  expect(readdirSync(folder)).toEqual([])
  expect(await exports.take('x1')).toBeUndefined()
})

test('a folder that cannot be written fails it', async () => {
  writeFileSync(folder, 'in the way')
  open(calls(1))
  begin()
  await ended()
  expect(last()).toMatchObject({ state: 'failed' })
})

test('what a killed run left goes at the start; what runs stays', async () => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'old.csv'), 'half of a fi')
  const gate = Promise.withResolvers<void>()
  open(calls(1, () => gate.promise))
  begin()
  await expect.poll(() => existsSync(path.join(folder, 'x1.json')), { timeout: 15_000 }).toBe(true)
  await exports.tidy()
  expect(readdirSync(folder)).toEqual(['x1.json'])
  gate.resolve()
  await ended()
  await exports.stop()
  expect(readdirSync(folder)).toEqual([])
})

test('calls that come while it runs are counted', async () => {
  const source = calls(450)
  open({ ...source, count: () => Promise.resolve(10) })
  begin()
  await ended()
  expect(last()).toMatchObject({ done: 450, total: 450 })
})
