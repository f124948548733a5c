import { NUMBERS, ourNumberOf, partyOf, tagList } from './seed-calls.ts'

const users = ['ada', 'lovelace', 'angstrom', 'zoe', 'núñez', 'kim m', 'ravi okafor', 'jose', 'om', 'la']
const lines = ['support', 'front desk', 'malmo', 'billing', 'night', 'press london', 'clinic', 'wo', 'sales oslo', 'emergency']
const words = ['invoice', 'boiler', 'deliv', 'friday', 'con', 'th', 'contract price', 'monday nobody', 'broken boiler', 'ple']
const rare = ['case1234', 'case39999', 'zebra', 'case77 invoice', 'xylophone support']
const mixed = ['ada invoice', 'support vip', 'lovelace 415', 'sales refund', 'urgent boiler', 'ravi spam', '+44 press', 'kim 212 support']

/** What a person types of a number: whole or in part, spelled in one way or another. */
function spelled(number: string, way: number): string {
  const national = number.startsWith('+44') ? `0${number.slice(3)}` : number.slice(2)
  const ways = [
    number,
    national,
    `${national.slice(0, 3)} ${national.slice(3, 6)} ${national.slice(6)}`,
    `(${national.slice(0, 3)}) ${national.slice(3, 6)}-${national.slice(6)}`,
    national.slice(-4),
    national.slice(-7),
    national.slice(0, 3),
    number.slice(0, 5),
    national.slice(2, 7),
    `00${number.slice(1)}`,
  ]
  return ways[way % ways.length] ?? number
}

/** Five hundred searches, always the same: names, numbers in their spellings, words, tags, several at once, and what is nowhere. */
export const searches: readonly string[] = Array.from({ length: 500 }, (_, at) => {
  const turn = Math.floor(at / 10)
  const lists = [users, lines, words, rare, mixed, tagList]
  const list = lists[at % 10]
  if (list) return list[turn % list.length] ?? ''
  return at % 10 === 6 ? spelled(ourNumberOf(turn % NUMBERS), turn) : spelled(partyOf(turn * 37 + (at % 10)), turn + at)
})
