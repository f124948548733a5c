import type { Peer } from '../media/peer.ts'
import type { Leg, LegEnd } from '../ports.ts'
import { emitDigits, reconnect, repeatAnswer } from './outgoing.ts'
import { createTalk, type CallContext, type DeviceCall, type DeviceSocket, type Talk } from './talk.ts'
import { badMedia } from './wire.ts'

/** What a Device learns about who calls it. */
export interface Invitation {
  sid: string
  from: string
  to: string
  accountSid: string
  params: Record<string, string>
  stir?: string
}

export interface IncomingOptions {
  identity: string
  invitation: Invitation
  sockets: DeviceSocket[]
  /** Devices that are gone without anybody having noticed: an invite waits for them. */
  ghosts: number
  onFinish(): void
}

/** One Device that rings. Without a socket it waits for the Device to come back. */
interface Branch {
  socket: DeviceSocket | undefined
  peer: Peer
  offer: Promise<string>
  cancelWait(): void
}

/**
 * Rings every Device of an identity; the first to answer gets the call, the others are cancelled. With no Device it ends as unreachable at
 * once, or stays silent until the engine's timeout, by switch.
 */
export function createIncomingCall(context: CallContext, options: IncomingOptions): { leg: Leg; call: DeviceCall } {
  const { sid } = options.invitation
  const fork = createFork(context, options)
  const { talk } = fork
  const leg: Leg = {
    kind: 'client',
    sid,
    audio: talk.media.audio,
    on: (listener) => talk.on(listener),
    ring: () => Promise.resolve(),
    answer: () => Promise.resolve(),
    end(_why: LegEnd) {
      if (talk.isEnded) return
      if (fork.isAnswered()) talk.hold.socket?.send('hangup', { callsid: sid })
      fork.cancelAll()
      talk.finish(null)
    },
    sendDigits: (digits) => talk.media.peer?.sendDigits(digits),
  }
  if (fork.isEmpty() && context.switches().unregisteredClient === 'at-once') queueMicrotask(() => talk.finish('unreachable'))
  return { leg, call: deviceSide(context, talk, fork) }
}

type Fork = ReturnType<typeof createFork>

function createFork(context: CallContext, options: IncomingOptions) {
  const { identity, invitation, sockets, ghosts } = options
  const { sid } = invitation
  let isAnswered = false
  const branches = createBranches(sid)
  const talk: Talk = createTalk(context, sid, {
    onFinish: () => (branches.cancelAll(), options.onFinish()),
    onLost: () => talk.hold.socket?.send('hangup', { callsid: sid }),
  })
  const deliver = async (branch: Branch) => {
    try {
      const sdp = await branch.offer
      if (talk.isEnded || !branches.has(branch) || !branch.socket) return
      branch.socket.send('invite', inviteMessage(invitation, talk.reconnectToken, sdp))
      talk.emit({ type: 'ringing' })
    } catch (error) {
      context.log.warn({ sid, error }, 'an invite could not be made')
    }
  }
  const ring = (socket?: DeviceSocket) => deliver(branches.add(newBranch(socket, talk.media.makePeer())))
  for (const socket of sockets) void ring(socket)
  for (let i = 0; i < ghosts; i++) void ring()
  return {
    ...branches,
    identity,
    talk,
    deliver,
    isAnswered: () => isAnswered,
    /** This Device has the call. */
    win(socket: DeviceSocket, peer: Peer, branch: Branch | undefined) {
      isAnswered = true
      if (branch) branches.take(branch, peer)
      branches.cancelAll()
      talk.media.use(peer)
      talk.hold.attach(socket)
      talk.watch()
      talk.emit({ type: 'answered' })
    },
  }
}

const newBranch = (socket: DeviceSocket | undefined, peer: Peer): Branch => ({
  socket,
  peer,
  offer: peer.offer(),
  cancelWait: () => undefined,
})

/** The Devices that ring. */
function createBranches(sid: string) {
  const branches = new Set<Branch>()
  const losers = new WeakSet<DeviceSocket>()
  const remove = (branch: Branch) => {
    branches.delete(branch)
    branch.cancelWait()
    branch.peer.close()
  }
  return {
    add(branch: Branch): Branch {
      branches.add(branch)
      return branch
    },
    has: (branch: Branch) => branches.has(branch),
    remove,
    /** Takes a branch out that was answered, by its own peer or by another. */
    take(branch: Branch, peer: Peer) {
      branches.delete(branch)
      branch.cancelWait()
      if (branch.peer !== peer) branch.peer.close()
    },
    cancelAll() {
      for (const branch of branches) {
        remove(branch)
        if (!branch.socket) continue
        losers.add(branch.socket)
        branch.socket.send('cancel', { callsid: sid })
      }
    },
    /** Whether this Device rang and another got the call. */
    isLoser: (socket: DeviceSocket) => losers.has(socket),
    of: (socket: DeviceSocket) => [...branches].find((branch) => branch.socket === socket),
    waiting: () => [...branches].find((branch) => !branch.socket),
    isEmpty: () => branches.size === 0,
  }
}

function inviteMessage({ sid, from, to, accountSid, params, stir }: Invitation, reconnectToken: string, sdp: string) {
  const parameters = {
    CallSid: sid,
    AccountSid: accountSid,
    From: from,
    To: to,
    ApiVersion: '2010-04-01',
    Params: new URLSearchParams(params).toString(),
    ...(stir && { StirStatus: stir }),
  }
  return { callsid: sid, sdp, reconnect: reconnectToken, parameters }
}

/** Messages of the Devices that are called. */
function deviceSide(context: CallContext, talk: Talk, fork: Fork): DeviceCall {
  return {
    sids: [talk.sid],
    onAnswer: (socket, sdp) => answer(context, talk, fork, socket, sdp),
    onReject: (socket) => reject(context, talk, fork, socket),
    onHangup(socket) {
      // Who hangs up what still rings, declines it.
      if (fork.isLoser(socket)) return
      if (fork.isAnswered()) talk.finish('hangup')
      else reject(context, talk, fork, socket)
    },
    onDigits: (digits) => emitDigits(talk, digits),
    onReinvite: (socket) => repeatAnswer(talk, socket),
    onReconnect: (socket, token, sdp) => comeBack(talk, fork, socket, token, sdp),
    onSocketClosed(socket) {
      if (fork.isAnswered()) talk.hold.closed(socket)
      else waitForReturn(context, talk, fork, socket)
    },
    onRegistered(socket) {
      if (fork.isAnswered() || socket.identity !== fork.identity || fork.of(socket)) return
      const branch = fork.waiting()
      if (!branch) return
      branch.cancelWait()
      branch.socket = socket
      void fork.deliver(branch)
    },
    close: () => talk.finish(null),
  }
}

async function answer(context: CallContext, talk: Talk, fork: Fork, socket: DeviceSocket, sdp: string): Promise<void> {
  const branch = fork.of(socket)
  if (!branch) {
    // Too late: another Device has it. Its own answer to the ICE restart of ours never comes this way.
    if (socket !== talk.hold.socket) socket.send('hangup', { callsid: talk.sid })
    return
  }
  try {
    await branch.peer.accept(sdp)
  } catch (error) {
    context.log.warn({ sid: talk.sid, error }, 'a Device answered with media that cannot be used')
    socket.send('hangup', { callsid: talk.sid, error: badMedia })
    drop(fork, branch, 'lost')
    return
  }
  if (!talk.isEnded && !fork.isAnswered()) fork.win(socket, branch.peer, branch)
}

function reject(context: CallContext, talk: Talk, fork: Fork, socket: DeviceSocket): void {
  const branch = fork.of(socket)
  if (!branch || fork.isAnswered()) return
  if (context.switches().registeredTwice === 'reject-cancels-all') {
    fork.remove(branch)
    talk.finish('declined')
  } else drop(fork, branch, 'declined')
}

/** One Device less rings; the last one ends the call. */
function drop(fork: Fork, branch: Branch, why: LegEnd): void {
  fork.remove(branch)
  if (fork.isEmpty()) fork.talk.finish(why)
}

function waitForReturn(context: CallContext, talk: Talk, fork: Fork, socket: DeviceSocket): void {
  const branch = fork.of(socket)
  if (!branch || talk.isEnded) return
  branch.socket = undefined
  const { reconnectGraceMs, ghostRegistrationMs } = context.switches()
  branch.cancelWait = context.clock.later(Math.max(reconnectGraceMs, ghostRegistrationMs), () => drop(fork, branch, 'unreachable'))
}

/** With `connectToken` a Device takes a call that rings elsewhere: its offer is the answer to our invite. */
async function comeBack(talk: Talk, fork: Fork, socket: DeviceSocket, token: string, sdp: string): Promise<boolean> {
  if (fork.isAnswered()) return reconnect(talk, socket, token, sdp)
  if (talk.isEnded || token !== talk.reconnectToken) return false
  const peer = talk.media.makePeer()
  const answered = await peer.answer(sdp)
  if (talk.isEnded || fork.isAnswered()) {
    peer.close()
    return false
  }
  const branch = fork.of(socket) ?? fork.waiting()
  socket.send('answer', { callsid: talk.sid, reconnect: talk.reconnectToken, sdp: answered })
  fork.win(socket, peer, branch)
  return true
}
