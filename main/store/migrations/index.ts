import type { Migration } from '../migrate.ts'
import { calls } from './0010-calls.ts'
import { directory } from './0020-directory.ts'
import { outbox } from './outbox-0010.ts'

export const appMigrations: readonly Migration[] = [calls, directory]
export const outboxMigrations: readonly Migration[] = [outbox]
