import type { Migration } from '../migrate.ts'
import { calls } from './0010-calls.ts'
import { directory } from './0020-directory.ts'
import { callLists } from './0090-call-lists.ts'
import { callSearch } from './0070-call-search.ts'
import { media } from './0080-media.ts'
import { numbers } from './0030-numbers.ts'
import { searches } from './0050-searches.ts'
import { records } from './0060-records.ts'
import { outbox } from './outbox-0010.ts'
import { purchases } from './outbox-0020-purchases.ts'
import { releases } from './outbox-0030-releases.ts'

export const appMigrations: readonly Migration[] = [calls, directory, numbers, searches, records, callSearch, media, callLists]
export const outboxMigrations: readonly Migration[] = [outbox, purchases, releases]
