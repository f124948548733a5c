import type { NumberOffer, SavedSearch } from '../../contract/number-desktop.ts'
import type { Connection } from './open-database.ts'

/** An answer of Twilio's, as it was. `question`: e.g. `prices:US`. */
export interface KeptAnswer {
  question: string
  /** ISO 8601 UTC. */
  answeredAt: string
  /** JSON. */
  answer: string
}

/** What is kept of searching for numbers; each command runs inside the writer's transaction. */
export function createSearchTable(db: Connection) {
  const keep = db.prepare<[KeptAnswer]>(
    `insert into twilio_answers (question, answered_at, answer) values (@question, @answeredAt, @answer)
     on conflict (question) do update set answered_at = excluded.answered_at, answer = excluded.answer`,
  )
  const forget = db.prepare<[]>('delete from twilio_answers')
  const save = db.prepare<[string, string, string]>(
    `insert into saved_searches (name, saved_at, query) values (?, ?, ?)
     on conflict (name) do update set saved_at = excluded.saved_at, query = excluded.query`,
  )
  const unsave = db.prepare<[string]>('delete from saved_searches where name = ?')
  // A number that is on it already keeps its place, with today's offer.
  const list = db.prepare<[string, string]>(
    `insert into shortlist (phone_number, position, offer)
     values (?, (select coalesce(max(position), 0) + 1 from shortlist), ?)
     on conflict (phone_number) do update set offer = excluded.offer`,
  )
  const unlist = db.prepare<[string]>('delete from shortlist where phone_number = ?')
  return {
    keepAnswer: (answer: KeptAnswer): void => void keep.run(answer),
    /** The account is another: its prices, countries and papers are not this one's. */
    forgetAnswers: (): void => void forget.run(),
    saveSearch: ({ name, savedAt, query }: SavedSearch): void => void save.run(name, savedAt, JSON.stringify(query)),
    removeSearch: (name: string): void => void unsave.run(name),
    changeShortlist(add: readonly NumberOffer[], remove: readonly string[]): void {
      for (const phoneNumber of remove) unlist.run(phoneNumber)
      for (const offer of add) list.run(offer.phoneNumber, JSON.stringify(offer))
    },
    /** Another person begins here. */
    wipeSearches: (): void => void db.exec('delete from twilio_answers; delete from saved_searches; delete from shortlist'),
  }
}

/** The read side. */
export function createSearchReader(db: Connection) {
  const answer = db.prepare<[string], KeptAnswer>(
    'select question, answered_at as answeredAt, answer from twilio_answers where question = ?',
  )
  const searches = db.prepare<[], { name: string; savedAt: string; query: string }>(
    'select name, saved_at as savedAt, query from saved_searches order by name',
  )
  const shortlist = db.prepare<[], { offer: string }>('select offer from shortlist order by position')
  return {
    answer: (question: string): KeptAnswer | undefined => answer.get(question),
    savedSearches: (): SavedSearch[] => searches.all().map((row) => ({ ...row, query: JSON.parse(row.query) as SavedSearch['query'] })),
    shortlist: (): NumberOffer[] => shortlist.all().map((row) => JSON.parse(row.offer) as NumberOffer),
  }
}
