import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { createClock, type ManualClock } from './control/clock.ts'
import { createLegs } from './control/legs.ts'
import { serveControl } from './control/plugin.ts'
import { serveSounds } from './control/sounds.ts'
import { createHandsetAudio, serveHandset } from './handset/plugin.ts'
import { createAccount } from './twilio/account/account.ts'
import { createEngine } from './twilio/engine/engine.ts'
import { createExchange } from './twilio/exchange/exchange.ts'
import { createSpeech, type Speech } from './twilio/exchange/speech.ts'
import { createPacer } from './twilio/media/pacer.ts'
import { noFaults } from './twilio/rest/faults.ts'
import { createListed } from './twilio/rest/listed.ts'
import { serveRest } from './twilio/rest/plugin.ts'
import { createClientGateway } from './twilio/signaling/gateway.ts'
import { createRandom } from './twilio/account/random.ts'
import { switchesOf, type ProfileName } from './twilio/switches.ts'

export interface SandboxOptions {
  /** 0: any free port. */
  port: number
  /** Where the account is kept; without one it is forgotten. */
  dataFolder?: string | undefined
  profile: ProfileName
  seed: number
  clock?: ManualClock
  log: FastifyBaseLogger
}

/** Pages besides those of this machine that may use it: the app's own scheme under Electron. */
export const allowedOrigins: readonly string[] = ['app://linekeeper']

/** The parts that stand in for Twilio, and the HTTP server that shows them. */
type World = ReturnType<typeof createWorld>
export type Sandbox = Omit<World, 'close'> & { url: string; close(): Promise<void> }

/** Starts everything that stands in for Twilio, on one port of 127.0.0.1. @throws when the port is taken or the data folder unusable */
export async function createSandbox({ port, log, ...options }: SandboxOptions): Promise<Sandbox> {
  const world = createWorld(options, log)
  const server = createServer(log)
  serve(server, world)
  try {
    await server.listen({ host: '127.0.0.1', port })
  } catch (error) {
    await world.close()
    throw error
  }
  const { port: taken } = server.server.address() as AddressInfo
  return {
    ...world,
    url: `http://127.0.0.1:${taken}`,
    close: async () => {
      // Calls first: their last words over HTTP and signaling are said while the server is there.
      await world.close()
      await server.close()
    },
  }
}

function createWorld({ dataFolder, profile, seed, clock = createClock() }: Omit<SandboxOptions, 'port' | 'log'>, log: FastifyBaseLogger) {
  const account = createAccount({ dataFolder, seed, clock })
  const { random } = account
  // Their own numbers: what a hostile seed draws must not change with the demo world.
  const switches = switchesOf(profile, createRandom(seed))
  const initialSwitches = structuredClone(switches)
  const current = () => switches
  const listed = createListed(account, { clock, switches, random })
  const pacer = createPacer()
  const speech: Speech = createSpeech()
  const gateway = createClientGateway({ account, switches: current, clock, pacer, log, allowedOrigins: () => allowedOrigins })
  const exchange = createExchange({ pacer, clock, log, speech })
  const engine = createEngine({ account, gateway, exchange, switches: current, clock, random, log, speech })
  const legs = createLegs(account, engine)
  const handsetAudio = createHandsetAudio(legs)
  const close = async () => {
    await engine.close()
    await gateway.close()
    handsetAudio.close()
    legs.close()
    listed.close()
    pacer.close()
    clock.close()
    account.close()
  }
  return { account, clock, engine, gateway, handsetAudio, legs, listed, speech, switches, initialSwitches, faults: noFaults(), close }
}

function serve(server: FastifyInstance, world: World): void {
  const { account, clock, engine, gateway, handsetAudio, legs, listed, speech, switches, initialSwitches, faults } = world
  serveRest(server, { account, engine, switches, clock, listed, faults })
  serveSounds(server, allowedOrigins)
  serveControl(server, {
    account,
    engine,
    clock,
    listed,
    legs,
    speech,
    faults: { rest: faults, webhooks: engine.webhooks.faults, switches, initialSwitches, gateway },
    journal: () => engine.webhooks.journal(),
    sockets: () => gateway.sockets(),
  })
  serveHandset(server)
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = request.url?.split('?')[0]
    if (path === '/signal') gateway.handleUpgrade(request, socket, head)
    else if (path === '/handset/audio') handsetAudio.handleUpgrade(request, socket, head)
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
  })
}

function createServer(log: FastifyBaseLogger): FastifyInstance {
  return fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    bodyLimit: 256 * 1024,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false, verbose: true } },
  })
}
