import { migration as log } from './0010-log.ts'
import { migration as directory } from './0020-directory.ts'
import { migration as calls } from './0110-calls.ts'
import { migration as reconciliation } from './0120-reconciliation.ts'
import { migration as fewerPages } from './0130-fewer-pages.ts'
import { migration as numbers } from './0210-numbers.ts'
import { migration as purchases } from './0220-purchases.ts'
import { migration as guard } from './0230-guard.ts'
import { migration as usage } from './0240-usage.ts'
import { migration as records } from './0310-records.ts'
import { migration as missed } from './0320-missed.ts'
import { migration as recordings } from './0325-recordings.ts'
import { migration as greetings } from './0330-greetings.ts'
import { migration as backfill } from './0340-backfill.ts'
import { migration as lists } from './0345-lists.ts'

export interface Migration {
  version: number
  up(db: { exec(sql: string): unknown }): void
}

/** In order, numbered by ten so that one may come between. */
export const migrations: readonly Migration[] = [
  log,
  directory,
  calls,
  reconciliation,
  fewerPages,
  numbers,
  purchases,
  guard,
  usage,
  records,
  missed,
  recordings,
  greetings,
  backfill,
  lists,
]
