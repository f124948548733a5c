import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { keep } from '../../../scripts/start/keep.mjs'

/** A service that is begun, and ended by the test. */
function world({ failsToBegin = 0 } = {}) {
  const said: string[] = []
  const ends: ((status: number) => void)[] = []
  const gone: number[] = []
  let isStopping = false
  let now = 0
  let begun = 0
  const begin = (onEnd: (status: number) => void) => {
    begun += 1
    if (begun > 1 && begun <= 1 + failsToBegin) return Promise.reject(new Error('it ended before it was ready'))
    ends.push(onEnd)
    return Promise.resolve({ pid: begun })
  }
  const options = {
    say: (text: string) => void said.push(text),
    onGone: (status: number) => void gone.push(status),
    delaysMs: [1, 2, 3],
    now: () => now,
    isStopping: () => isStopping,
  }
  return { said, ends, gone, begin, options, begun: () => begun, advance: (ms: number) => (now += ms), stop: () => (isStopping = true) }
}

test('what ended is begun again, and both are told', async () => {
  const { begin, options, ends, said, gone } = world()
  expect(await keep('relay', begin, options)).toEqual({ pid: 1 })
  ends[0]!(1)
  await vi.waitFor(() => expect(ends).toHaveLength(2))
  expect(said).toEqual(['relay ended (1); starting it again ...', 'relay is back'])
  expect(gone).toEqual([])
})

test('given up after as many ends within a minute as there are delays; ends long ago do not count', async () => {
  const { begin, options, ends, said, gone, advance, begun } = world()
  await keep('relay', begin, options)
  for (let n = 0; n < 3; n++) {
    ends.at(-1)!(1)
    await vi.waitFor(() => expect(ends).toHaveLength(n + 2))
  }
  advance(60_001)
  ends.at(-1)!(1)
  await vi.waitFor(() => expect(ends).toHaveLength(5))
  for (let n = 0; n < 2; n++) {
    ends.at(-1)!(1)
    await vi.waitFor(() => expect(ends).toHaveLength(6 + n))
  }
  expect(gone).toEqual([])
  ends.at(-1)!(7)
  await vi.waitFor(() => expect(gone).toEqual([7]))
  expect(begun()).toBe(7)
  expect(said.at(-1)).toBe('relay ended 4 times within a minute')
})

test('one that does not begin again counts as one that ended', async () => {
  const { begin, options, ends, gone, begun } = world({ failsToBegin: 2 })
  await keep('relay', begin, options)
  ends[0]!(1)
  await vi.waitFor(() => expect(begun()).toBe(4))
  expect(gone).toEqual([])
  const hopeless = world({ failsToBegin: 99 })
  await keep('relay', hopeless.begin, hopeless.options)
  hopeless.ends[0]!(1)
  await vi.waitFor(() => expect(hopeless.gone).toEqual([1]))
})

test('nothing is begun while everything stops, also when the stop comes before the delay is over', async () => {
  const { begin, options, ends, begun, stop } = world()
  await keep('relay', begin, { ...options, delaysMs: [30] })
  ends[0]!(1)
  stop()
  await sleep(60)
  expect(begun()).toBe(1)
})

test('the first one must begin', async () => {
  await expect(keep('relay', () => Promise.reject(new Error('no')), world().options)).rejects.toThrow('no')
})
