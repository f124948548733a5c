import { expect, test } from 'vitest'
import { createEmitter } from '../../base/emitter.ts'
import { singleFlight } from '../../base/single-flight.ts'

test('single flight: who asks while it runs gets the same answer, who asks after it a new one', async () => {
  const gates: PromiseWithResolvers<number>[] = []
  const ask = singleFlight(() => {
    const gate = Promise.withResolvers<number>()
    gates.push(gate)
    return gate.promise
  })
  const [first, second] = [ask(), ask()]
  gates[0]?.resolve(1)
  expect(await Promise.all([first, second])).toEqual([1, 1])
  const third = ask()
  gates[1]?.reject(new Error('lost'))
  await expect(third).rejects.toThrow('lost')
  const fourth = ask()
  gates[2]?.resolve(4)
  expect(await fourth).toBe(4)
  expect(gates).toHaveLength(3)
})

test('an emitter reaches every listener, also past one that throws, and none that has left', () => {
  const errors: unknown[] = []
  const heard: string[] = []
  const emitter = createEmitter<string>((error) => errors.push(error))
  emitter.on(() => {
    throw new Error('broken')
  })
  const off = emitter.on((value) => heard.push(`a ${value}`))
  emitter.on((value) => heard.push(`b ${value}`))
  emitter.emit('1')
  off()
  emitter.emit('2')
  expect(heard).toEqual(['a 1', 'b 1', 'b 2'])
  expect(errors).toHaveLength(2)
})
