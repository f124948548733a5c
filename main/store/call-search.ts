import { anyOf, quoted, type Condition } from './call-filter.ts'
import type { CallNames, Named } from './call-names.ts'
import type { TypedPart } from './call-text.ts'
import { BEGINNINGS, marks } from './call-words.ts'
import type { Connection } from './open-database.ts'

/** One way in which a part can be found: by the index, or by the rows. */
export interface Way {
  index?: string
  row?: Condition
  /** The row's condition is on the parties' index: those calls are fewer than all. */
  isSeek?: boolean
}

/** A part with what it names, and all the ways in which a call may have it: any of them will do. */
export interface SoughtPart extends TypedPart {
  named: ReadonlyMap<string, Named>
  ways: Way[]
}

/** So many lists of calls are merged fast; of more, rows are looked at. */
const FEW = 64
/** Of so many parties the calls are gathered and sorted; of more, one is soon met among the newest. */
const MANY = 5000

/**
 * A word in a text, which may go on; of one letter alone it is the whole word, which few texts have. What is longer than its own entry
 * in the index is looked up there.
 */
function inText(words: string): string {
  if (words.includes(' ')) return `${quoted(words)} *`
  if (words.length === 1) return quoted(words)
  return BEGINNINGS.some((length) => length === words.length) ? quoted(marks.beginning(words)) : `${quoted(words)} *`
}

const either = (...expressions: readonly (string | undefined)[]): string => {
  const some = expressions.filter((one) => one !== undefined)
  return some.length > 1 ? `(${some.join(' OR ')})` : (some[0] ?? quoted(''))
}
const userMarks = ({ userIds }: Named) => Array.from(userIds, (userId) => [marks.user(userId), marks.colleague(userId)]).flat()
const numberMarks = (ourNumbers: ReadonlySet<string>) => Array.from(ourNumbers, marks.ourNumber)
const inSet = (column: string, ids: Iterable<string>): Condition => ({
  sql: `${column} in (select value from json_each(?))`,
  values: [JSON.stringify([...ids])],
})

/** A word that is no number: in a name, or in a text. */
function wordWays(word: string, named: Named): Way[] {
  if (named.ourNumbers.size <= FEW) return [{ index: either(anyOf([...userMarks(named), ...numberMarks(named.ourNumbers)]), inText(word)) }]
  return [{ row: inSet('c.our_number', named.ourNumbers) }, { index: either(anyOf(userMarks(named)), inText(word)) }]
}

const partyMatch = (needles: readonly string[]) => needles.map(quoted).join(' OR ')
const containing = (needles: readonly string[]): Condition => ({
  sql: `(${needles.map(() => 'instr(c.party_address, ?) > 0 or instr(c.our_number, ?) > 0').join(' or ')})`,
  values: needles.flatMap((needle) => [needle, needle]),
})
const amongParties = (needles: readonly string[]): Condition => ({
  sql:
    'c.party_address in (select a.address from call_address_parts as p join call_addresses as a on a.id = p.rowid ' +
    'where p.call_address_parts match ?)',
  values: [partyMatch(needles)],
})

/** How a part is looked for, by how many calls have it. Reads names and addresses. */
export function createCallSearch(db: Connection, names: CallNames) {
  const count = db
    .prepare<[string, number], number>('select count(*) from (select 1 from call_address_parts where call_address_parts match ? limit ?)')
    .pluck()
  const addresses = db
    .prepare<[string], string>(
      'select a.address from call_address_parts as p join call_addresses as a on a.id = p.rowid where p.call_address_parts match ?',
    )
    .pluck()

  /** Words that may be a number: the number together, or each word in a text or name. */
  function numberWays({ words, needles }: TypedPart, named: ReadonlyMap<string, Named>): Way[] {
    const ours = new Set(names.numbered(needles))
    const parties = count.get(partyMatch(needles), MANY + 1) ?? 0
    const texts = words.map((word) => {
      const of = named.get(word)
      return either(of && anyOf([...userMarks(of), ...(of.ourNumbers.size <= FEW ? numberMarks(of.ourNumbers) : [])]), inText(word))
    })
    const asText = texts.length > 0 ? `(${texts.join(' AND ')})` : undefined
    const oursToo = ours.size <= FEW ? anyOf(numberMarks(ours)) : undefined
    const others: Way[] = asText || oursToo ? [{ index: either(oursToo, asText) }] : []
    if (parties > MANY || ours.size > FEW) return [{ row: containing(needles) }, ...others]
    if (parties > FEW) return [{ row: amongParties(needles), isSeek: true }, ...others]
    return [{ index: either(anyOf(addresses.all(partyMatch(needles)).map(marks.party)), oursToo, asText) }]
  }

  return (part: TypedPart): SoughtPart => {
    const named = new Map(part.words.map((word) => [word, names.named(word)] as const))
    const word = part.words[0] ?? ''
    const ways = part.needles.length > 0 ? numberWays(part, named) : wordWays(word, named.get(word) ?? names.named(word))
    return { ...part, named, ways }
  }
}
