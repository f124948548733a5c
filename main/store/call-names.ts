import { isNumberFound } from '../../contract/number-search.ts'
import { foldedText } from './call-words.ts'
import type { Connection } from './open-database.ts'

/** Whom and which of our numbers a text names. */
export interface Named {
  userIds: ReadonlySet<string>
  ourNumbers: ReadonlySet<string>
}

interface Entry {
  id: string
  /** Folded, with a space before each word: a word's beginning is found with one before it. */
  name: string
}

const entry = ({ id, name }: { id: string; name: string }): Entry => ({ id, name: ` ${foldedText(name)}` })

/**
 * Names of users and of our numbers, folded once and read again when one of them changed. Names of people outside join here when there
 * are contacts: the addresses they are known by are then searched as a number's are.
 */
export function createCallNames(db: Connection) {
  const version = db.prepare<[], number>('select version from directory_version where id = 1').pluck()
  const users = db.prepare<[], { id: string; name: string }>('select user_id as id, name from users')
  const numbers = db.prepare<[], { id: string; name: string }>('select phone_number as id, name from numbers')
  let known: { version: number | undefined; users: Entry[]; numbers: Entry[] } = { version: undefined, users: [], numbers: [] }
  function current() {
    const now = version.get()
    if (now !== known.version) known = { version: now, users: users.all().map(entry), numbers: numbers.all().map(entry) }
    return known
  }
  const having = (entries: readonly Entry[], words: string) =>
    new Set(entries.filter(({ name }) => name.includes(` ${words}`)).map(({ id }) => id))
  return {
    /** By folded words that follow each other; the last may be begun. */
    named: (words: string): Named => ({ userIds: having(current().users, words), ourNumbers: having(current().numbers, words) }),
    /** Our numbers by what was typed of them (`number-search`). */
    numbered: (needles: readonly string[]): string[] =>
      current()
        .numbers.filter(({ id }) => isNumberFound(id, needles))
        .map(({ id }) => id),
  }
}
export type CallNames = ReturnType<typeof createCallNames>
