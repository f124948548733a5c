// Entry: main in a process of its own, to be killed. Requests come as lines on stdin, `{id, name, args}`; answers go as lines to stdout.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { createApp } from '../../../main/app.ts'
import type { AppConfig } from '../../../main/config.ts'
import { fastTimings, memorySecrets, testPorts } from './memory-ports.ts'

const config = JSON.parse(process.argv[2] ?? '{}') as Pick<AppConfig, 'profile' | 'twilioApiBase' | 'demoAccount' | 'twilioWaits'>
const file = path.join(config.profile, 'secrets.json')
const read = (): [string, string][] => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as [string, string][]
  } catch {
    return []
  }
}
const secrets = memorySecrets(new Map(read()))
const save = () => {
  writeFileSync(`${file}.new`, JSON.stringify([...secrets.values]))
  renameSync(`${file}.new`, file)
}
const kept = {
  ...secrets,
  set: async (name: string, value: string) => {
    await secrets.set(name, value)
    save()
  },
  delete: async (name: string) => {
    await secrets.delete(name)
    save()
  },
}
const app = await createApp(testPorts(kept), {
  version: '1.2.3',
  deviceName: 'Laptop',
  locale: 'en-GB',
  timings: { ...fastTimings, request: 60_000 },
  ...config,
})
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, name, args } = JSON.parse(line) as { id: number; name: string; args: unknown }
  void app.request(name, args).then((outcome) => console.log(JSON.stringify({ id, outcome })))
})
console.log(JSON.stringify({ id: 0, outcome: { ok: true } }))
