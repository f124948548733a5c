import fc from 'fast-check'
import { expect, test } from 'vitest'
import { failure, type FailureCode } from '../../../../contract/failure.ts'
import type { PurchaseProgressBody } from '../../../../contract/number-relay.ts'
import { isPurchaseOver, type Purchase } from '../../../../contract/number.ts'
import { progressOf } from '../../../../main/numbers/purchase/parts.ts'
import { afterEvent, nextEffect, resumed } from '../../../../main/numbers/purchase/machine.ts'
import {
  freshMemory,
  leaseIdOf,
  markerOf,
  prefixOf,
  type PurchaseEffect,
  type PurchaseEvent,
  type Run,
} from '../../../../main/numbers/purchase/steps.ts'
import type { PurchaseRow } from '../../../../main/store/purchase-table.ts'
import { isHeldBy, newPurchase, progressed, takenOver, isLive, type LeasedPurchase } from '../../../../relay/numbers/purchase-rules.ts'
import { AT, NUMBER, rowOf } from './kit.ts'

// A world in which everything goes wrong that can: answers are lost before and after they were worked out, processes die between any two
// steps, leases run out, others take the number. What happens is drawn; when nothing is left to draw, all goes well.

type Draw = (upTo: number) => number
const LEASE = 300_000
const agreed = { amount: '1.15', currency: 'USD' }

class World {
  now = Date.parse(AT)
  /** Ours at Twilio, by number. */
  readonly owned = new Map<string, { sid: string; name: string; at: number }>()
  /** POSTs that were carried out, and those of them that cost money. */
  posts: string[] = []
  charges: string[] = []
  readonly #relay = new Map<string, LeasedPurchase>()
  /** Which intent said first that it bought what has this SID. */
  readonly #firsts = new Map<string, string>()
  readonly #draw: Draw
  #chosen = 0

  constructor(draw: Draw) {
    this.#draw = draw
  }

  at = () => new Date(this.now).toISOString()

  /** What an effect comes to for a desktop; `deaf`: the answer is lost, whatever was done. */
  perform(row: PurchaseRow, effect: PurchaseEffect, deviceId: string): PurchaseEvent {
    this.now += effect.type === 'join' || effect.type === 'look' ? 60_000 : 100
    const fate = this.#draw(25)
    if (fate === 1) return this.#nobody(effect)
    const event = this.#answer(row, effect, deviceId)
    return fate === 2 ? this.#nobody(effect) : event
  }

  #nobody(effect: PurchaseEffect): PurchaseEvent {
    if (effect.type === 'buy') return { type: 'lost' }
    const code = ['lease', 'announce', 'record', 'report'].includes(effect.type) ? 'relay-unreachable' : 'twilio-unreachable'
    return effect.type === 'join' ? { type: 'joined' } : { type: 'unanswered', failure: failure(code) }
  }

  #answer(row: PurchaseRow, effect: PurchaseEffect, deviceId: string): PurchaseEvent {
    switch (effect.type) {
      case 'choose':
        if (row.isKnown && !this.#isGivenUp(row, deviceId)) return { type: 'outrun' }
        this.#chosen += 1
        return { type: 'chosen', phoneNumber: `+1415555${1000 + this.#chosen}`, place: null }
      case 'lease':
        return this.#draw(12) === 1 ? refused('number-leased') : this.#lease(row, deviceId)
      case 'join':
        return { type: 'joined' }
      case 'check':
        return this.#check(row)
      case 'announce':
        return this.#tell(row, { state: 'buying' }, deviceId)
      case 'buy':
        return this.#buy(row)
      case 'look':
        return this.#look(row, effect.nth)
      case 'configure':
        return this.#configure(row)
      case 'record':
        return this.#record(row)
      case 'report':
        return this.#tell(row, progressOf(row), deviceId)
      default:
        return effect satisfies never
    }
  }

  #asker = (deviceId: string) => ({ userId: deviceId, deviceId, isManager: true, at: this.at() })
  #keep(id: string, purchase: Purchase, deviceId: string): LeasedPurchase {
    const kept = { purchase, lease: { deviceId, until: new Date(this.now + LEASE).toISOString() } }
    this.#relay.set(id, kept)
    return kept
  }

  #lease(row: PurchaseRow, deviceId: string): PurchaseEvent {
    const id = leaseIdOf(row)
    const asker = this.#asker(deviceId)
    const { phoneNumber, country, type, place, monthly, assignTo, name, note } = row.purchase
    const body = { intentId: id, phoneNumber, country, type, place, monthly, assignTo, name, note, isRequest: false }
    let kept = this.#relay.get(id)
    if (!kept) kept = this.#keep(id, newPurchase(body, asker), deviceId)
    else if (!isPurchaseOver(kept.purchase.state) && (!isLive(kept.lease, asker.at) || kept.lease.deviceId === deviceId))
      kept = this.#keep(id, takenOver(kept.purchase, asker), deviceId)
    return {
      type: 'leased',
      reply: { purchase: kept.purchase, isHolder: isHeldBy(kept, asker), leaseUntil: kept.lease?.until ?? asker.at },
    }
  }

  #tell(row: PurchaseRow, report: PurchaseProgressBody, deviceId: string): PurchaseEvent {
    const id = leaseIdOf(row)
    const kept = this.#relay.get(id)
    const isEarly = report.state === 'buying'
    try {
      if (!kept) throw new Error('not-found')
      this.#keep(id, progressed(kept, report, this.#asker(deviceId)), deviceId)
      return { type: isEarly ? 'announced' : 'reported' }
    } catch {
      return isEarly ? { type: 'outrun' } : refused('conflict')
    }
  }

  /** As `effects` does it: the relay has to agree that nothing was bought. */
  #isGivenUp(row: PurchaseRow, deviceId: string): boolean {
    const own = row.reported === 'buying' ? { isCharged: false } : {}
    const told = this.#tell(row, { state: 'failed', failureCode: 'number-taken', ...own }, deviceId)
    const kept = this.#relay.get(leaseIdOf(row))?.purchase
    return told.type === 'reported' && kept?.sid === null && kept.isCharged === false
  }

  #check({ purchase }: PurchaseRow): PurchaseEvent {
    if (this.#draw(15) === 1) this.owned.set(purchase.phoneNumber, { sid: 'PNx', name: 'somebody’s', at: 0 })
    const owned = this.owned.get(purchase.phoneNumber)
    const isMarked = owned?.name === markerOf(purchase.intentId)
    const amount = this.#draw(15) === 1 ? '9.99' : agreed.amount
    return { type: 'checked', monthly: { ...agreed, amount }, owned: owned ? { sid: owned.sid, isMarked } : null }
  }

  #buy({ purchase }: PurchaseRow): PurchaseEvent {
    const { phoneNumber, intentId } = purchase
    const owned = this.owned.get(phoneNumber)
    const why = this.#draw(8)
    if (!owned && why === 1) return refused('number-taken')
    if (!owned && why === 2) return refused('funds-missing')
    this.posts.push(phoneNumber)
    if (!owned) this.charges.push(phoneNumber)
    const sid = owned?.sid ?? `PN${this.charges.length}`
    this.owned.set(phoneNumber, { sid, name: markerOf(intentId), at: this.now })
    return { type: 'bought', sid }
  }

  /** The list may lag, but not until the last look (RULES R29). */
  #look({ purchase }: PurchaseRow, nth: number): PurchaseEvent {
    const owned = this.owned.get(purchase.phoneNumber)
    if (!owned || (nth < 3 && this.#draw(2) === 1)) return { type: 'absent' }
    return { type: 'found', sid: owned.sid, isMarked: owned.name === markerOf(purchase.intentId) }
  }

  #record(row: PurchaseRow): PurchaseEvent {
    const sid = row.purchase.sid ?? ''
    const first = this.#firsts.get(sid) ?? leaseIdOf(row)
    this.#firsts.set(sid, first)
    if (first !== leaseIdOf(row)) return { type: 'beaten', failure: failure('number-already-ours', '', { byName: 'Ada' }) }
    return this.#draw(8) === 1 ? refused('bad-request') : { type: 'recorded' }
  }

  #configure({ purchase }: PurchaseRow): PurchaseEvent {
    const owned = this.owned.get(purchase.phoneNumber)
    if (!owned) return refused('not-found')
    owned.name = 'Desk'
    return { type: 'configured' }
  }
}

const refused = (code: FailureCode): PurchaseEvent => ({ type: 'refused', failure: failure(code) })

/** A desktop whose process may die before an effect, after it, or before what came of it is on the disk. */
class Desktop {
  disk: PurchaseRow
  run: Run
  readonly #world: World
  readonly #draw: Draw
  readonly #id: string
  constructor(world: World, draw: Draw, row: PurchaseRow, id: string) {
    this.#world = world
    this.#draw = draw
    this.#id = id
    this.disk = row
    this.run = { row, memory: freshMemory() }
  }

  /** False when nothing is due. */
  step(): boolean {
    const effect = nextEffect(this.run)
    if (!effect) return false
    const fate = this.#draw(16)
    if (fate === 1) return this.#die()
    const event = this.#world.perform(this.run.row, effect, this.#id)
    if (fate === 2) return this.#die()
    this.run = afterEvent(this.run, effect.type, event, this.#world.at())
    this.disk = this.run.row
    return fate === 3 ? this.#die() : true
  }

  #die(): boolean {
    this.#world.now += 1000
    this.run = resumed(this.disk, this.#world.at())
    this.disk = this.run.row
    return true
  }
}

const drawing = (list: readonly number[]): Draw => {
  let at = 0
  return (upTo) => (at < list.length ? (list[at++] ?? 0) % upTo : 0)
}
const fates = fc.array(fc.nat(1000), { minLength: 30, maxLength: 150 })
const rows = fc.record({ isArea: fc.boolean(), withoutRelay: fc.boolean() }).map(({ isArea, withoutRelay }) => {
  const place = isArea ? { phoneNumber: prefixOf('415') } : { phoneNumber: NUMBER }
  return rowOf({ ...place, monthly: agreed }, { areaCode: isArea ? '415' : null, withoutRelay })
})
const LIMIT = 1000

/** Runs a purchase to its end in a world that is drawn. */
function live(list: readonly number[], row: PurchaseRow) {
  const draw = drawing(list)
  const world = new World(draw)
  const desktop = new Desktop(world, draw, row, 'ada')
  let steps = 0
  while (steps < LIMIT && desktop.step()) steps += 1
  return { world, steps, purchase: desktop.disk.purchase }
}

test('whatever happens and wherever it dies: one POST is carried out at most, it ends, and the end says the truth', () => {
  fc.assert(
    fc.property(fates, rows, (list, row) => {
      const { world, steps, purchase } = live(list, row)
      expect(steps).toBeLessThan(LIMIT)
      expect(isPurchaseOver(purchase.state)).toBe(true)
      expect(world.posts.length).toBeLessThanOrEqual(1)
      expect(purchase.isCharged === null ? [0, 1] : [Number(purchase.isCharged)]).toContain(world.charges.length)
    }),
    { numRuns: 3000 },
  )
})

test('the worlds that are drawn are as bad as they should be', () => {
  const worlds = fc.sample(fc.tuple(fates, rows), { numRuns: 3000, seed: 7 })
  const ends = new Set(
    worlds.map(([list, row]) => {
      const { world, purchase } = live(list, row)
      return `${purchase.state} ${purchase.failureCode} ${purchase.isCharged} ${world.charges.length}`
    }),
  )
  expect([...ends]).toEqual(
    expect.arrayContaining([
      'done null true 1',
      'failed purchase-not-made false 0',
      'failed number-taken false 0',
      'failed number-leased false 0',
      'failed price-changed false 0',
      'failed bad-request true 1',
    ]),
  )
})

test('the same intent on two desktops, leases running out under them: it is charged once at most', () => {
  fc.assert(
    fc.property(fates, fc.array(fc.boolean(), { maxLength: 200 }), rows, (list, turns, row) => {
      const draw = drawing(list)
      const world = new World(draw)
      // Without the relay only Twilio is left between them: it sells a number once, but any number of an area code twice.
      const wanted = { ...row, withoutRelay: row.withoutRelay && row.areaCode === null }
      const both = [new Desktop(world, draw, wanted, 'ada'), new Desktop(world, draw, wanted, 'kim')]
      for (const isFirst of turns) {
        if (draw(20) === 1) world.now += LEASE
        both[isFirst ? 0 : 1]?.step()
      }
      for (const one of both) {
        let steps = 0
        while (steps < LIMIT && one.step()) steps += 1
        expect(steps).toBeLessThan(LIMIT)
      }
      expect(world.charges.length).toBeLessThanOrEqual(1)
    }),
    { numRuns: 3000 },
  )
})

const alone = (intentId: string) => rowOf({ intentId, monthly: agreed }, { withoutRelay: true })
const isBeaten = ({ failureCode, isCharged, details }: Purchase) =>
  failureCode === 'number-already-ours' && isCharged === false && details?.['byName'] !== undefined

test('two intents for one number, nobody between them: it is charged once at most, and not to both', () => {
  let beaten = 0
  fc.assert(
    fc.property(fates, fc.array(fc.boolean(), { maxLength: 100 }), (list, turns) => {
      const draw = drawing(list)
      const world = new World(draw)
      const [ada, kim] = [alone('i1'), alone('i2')]
      const both = [new Desktop(world, draw, ada, 'ada'), new Desktop(world, draw, kim, 'kim')]
      for (const isFirst of turns) both[isFirst ? 0 : 1]?.step()
      for (const one of both) {
        let steps = 0
        while (steps < LIMIT && one.step()) steps += 1
        expect(steps).toBeLessThan(LIMIT)
      }
      const ends = both.map(({ disk }) => disk.purchase)
      expect(world.charges.length).toBeLessThanOrEqual(1)
      expect(ends.filter(({ isCharged }) => isCharged).length).toBeLessThanOrEqual(1)
      beaten += ends.filter(isBeaten).length
    }),
    { numRuns: 2000, seed: 11 },
  )
  expect(beaten).toBeGreaterThan(0)
})
